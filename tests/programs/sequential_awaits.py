"""A handler awaits three independent answers of 0.3 s in turn: 0.9 s instead of 0.3 s."""

import asyncio


async def get(part: str) -> str:
    """Get one part from far away."""
    await asyncio.sleep(0.3)
    return part.upper()


async def handle() -> list[str]:
    """Get three parts, none of which needs another."""
    head = await get("head")  # <- waits in turn
    body = await get("body")  # <- waits in turn
    tail = await get("tail")  # <- waits in turn
    return [head, body, tail]


async def main() -> None:
    """Handle one request."""
    print(" ".join(await handle()))


if __name__ == "__main__":
    asyncio.run(main())
