"""A ticker that should tick on time."""

import asyncio

import clock


async def ticker(count: int, every: float) -> None:
    """Call clock.tick ``count`` times, one every ``every`` seconds, the first one at once."""
    await asyncio.gather(*(clock.tick() for _ in range(count)))
    await asyncio.sleep(every * (count - 1))


if __name__ == "__main__":
    asyncio.run(ticker(10, 0.5))
    print(clock.seen)
