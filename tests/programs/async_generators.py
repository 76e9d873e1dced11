"""Async generators that wait: one used to its end, one abandoned, one closed at shutdown."""

import asyncio
from collections.abc import AsyncGenerator

KEPT: list[AsyncGenerator[int, None]] = []


async def count(name: str, period_s: float) -> AsyncGenerator[int, None]:
    """Count to three, waiting before each number, and wait once more when closed."""
    try:
        for number in range(1, 4):
            await asyncio.sleep(period_s)  # <- waits in the generator
            yield number
    finally:
        await asyncio.sleep(0.01)  # <- waits while closing
        print(f"{name} is closed")


async def use_all() -> None:
    """Take every number."""
    async for number in count("used", 0.05):  # <- waits for the generator
        print(f"used gives {number}")


async def abandon() -> None:
    """Take one number and drop the generator: the loop makes a task that closes it."""
    async for number in count("abandoned", 0.05):  # <- abandons the generator
        print(f"abandoned gives {number}")
        break
    await asyncio.sleep(0.05)


async def main() -> None:
    """Use one, abandon one, and keep one until the loop is shut down."""
    await asyncio.create_task(use_all(), name="user")
    await asyncio.create_task(abandon(), name="abandoner")
    KEPT.append(count("kept", 0.05))
    print(f"kept gives {await anext(KEPT[0])}")


if __name__ == "__main__":
    asyncio.run(main())
