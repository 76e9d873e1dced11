"""A task fails and nobody looks, another never ends; both are only kept in a list."""

import asyncio

BACKGROUND: list[asyncio.Task[None]] = []


async def boom() -> None:
    """Fail after a while."""
    await asyncio.sleep(0.05)
    raise ValueError("nobody will see this")  # <- fails


async def leaky() -> None:
    """Wait for something that nobody will do."""
    await asyncio.Event().wait()  # <- waits for ever


async def main() -> None:
    """Start both and forget them."""
    BACKGROUND.append(asyncio.create_task(boom(), name="boom"))  # <- made and never looked at
    BACKGROUND.append(asyncio.create_task(leaky(), name="leaky"))  # <- made and never ended
    await asyncio.sleep(0.2)
    print("main is content")


if __name__ == "__main__":
    asyncio.run(main())
    BACKGROUND.clear()  # while Python can still print what it has to say about "boom"
