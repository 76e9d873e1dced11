"""A coroutine is made and never awaited: `save(1)` does nothing, `save(2)` is done."""

import asyncio

SAVED: list[int] = []


async def save(number: int) -> None:
    """Save the number."""
    await asyncio.sleep(0.01)
    SAVED.append(number)


async def main() -> None:
    """Forget one `await`."""
    save(1)  # type: ignore[unused-coroutine]  # <- never awaited
    await save(2)
    print(f"saved: {SAVED}")


if __name__ == "__main__":
    asyncio.run(main())
