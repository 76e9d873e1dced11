"""Two naps at once."""

import asyncio


async def nap(seconds: float) -> float:
    """Sleep, and say for how long."""
    await asyncio.sleep(seconds)
    return seconds


async def naps() -> list[float]:
    """Sleep twice."""
    return list(await asyncio.gather(nap(1), nap(2)))


if __name__ == "__main__":
    print(asyncio.run(naps()))
