"""A ticker that should tick on time."""

import asyncio

import clock


async def later(seconds: float) -> None:
    """Tick after a time."""
    await asyncio.sleep(seconds)
    await clock.tick()


async def ticker(count: int, every: float) -> None:
    """Call clock.tick ``count`` times, one every ``every`` seconds, the first one at once."""
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(later(number * every))


if __name__ == "__main__":
    asyncio.run(ticker(10, 0.5))
    print(clock.seen)
