"""A ticker that should tick on time."""

import asyncio

import clock


async def ticker(count: int, every: float) -> None:
    """Call clock.tick ``count`` times, one every ``every`` seconds, the first one at once."""
    for _ in range(count):
        await clock.tick()
        await asyncio.sleep(every)


if __name__ == "__main__":
    asyncio.run(ticker(10, 0.5))
    print(clock.seen)
