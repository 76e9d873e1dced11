"""A heart that beats ten times a second, beside work that takes a second."""

import asyncio
from itertools import pairwise
from time import perf_counter

beats: list[float] = []


async def beat() -> None:
    """Beat eight times, a tenth of a second apart."""
    for _ in range(8):
        beats.append(perf_counter())
        await asyncio.sleep(0.1)


async def crunch(part: int) -> int:
    """Work on one part. It computes for a tenth of a second."""
    return part * part


async def work() -> int:
    """Work on ten parts, and add up what comes out."""
    total = 0
    for part in range(10):
        total += await crunch(part)
    return total


async def both() -> int:
    """Beat and work at once."""
    _, total = await asyncio.gather(beat(), work())
    return total


def widest_gap() -> float:
    """Return the longest time between two beats, in seconds."""
    return max(later - earlier for earlier, later in pairwise(beats))


if __name__ == "__main__":
    print(asyncio.run(both()))
    print(f"widest gap: {widest_gap():.2f} s")
