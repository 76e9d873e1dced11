"""A ticker that should tick on time."""

import asyncio

import clock


async def ticker(count, every):
    """Call clock.tick ``count`` times, one every ``every`` seconds, the first one at once."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number in range(count):
        await asyncio.sleep(began + number * every - loop.time())
        await clock.tick()


if __name__ == "__main__":
    asyncio.run(ticker(10, 0.5))
    print(clock.seen)
