"""What a ticker does at each tick. Use it, do not change it."""

import asyncio
import random
from time import perf_counter

began = perf_counter()
seen: list[float] = []

_chance = random.Random(random.getrandbits(64))


async def tick() -> None:
    """Do what is to be done at a tick. It takes up to 0.3 seconds."""
    seen.append(round(perf_counter() - began, 3))
    await asyncio.sleep(_chance.uniform(0.0, 0.3))
