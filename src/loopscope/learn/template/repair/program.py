"""Two naps, one after the other."""

import asyncio


async def nap(seconds: float) -> float:
    """Sleep, and say for how long."""
    await asyncio.sleep(seconds)
    return seconds


async def naps() -> list[float]:
    """Sleep twice."""
    return [await nap(1), await nap(2)]


if __name__ == "__main__":
    print(asyncio.run(naps()))
