"""A bot for a house: looks at sensors now and then, and waits for a door."""
# how: simulate --cost none --world world.toml

import asyncio
import time
from collections import deque

STATE = {"door": "shut", "light": False}
EVENTS: deque[str] = deque()


async def now_and_then(rounds: int) -> None:
    for _ in range(rounds):
        STATE["light"] = not STATE["light"]
        await asyncio.sleep(0.6)  # right: polling


async def until_open() -> None:
    while STATE["door"] != "open":
        await asyncio.sleep(0.05)  # expect: polling


async def until_event() -> str:
    while True:
        if EVENTS:
            return EVENTS.popleft()
        await asyncio.sleep(0.1)  # expect: polling


async def until_task(task: asyncio.Task[None]) -> None:
    while not task.done():
        await asyncio.sleep(0.2)  # expect: polling


async def backoff() -> None:
    for attempt in range(4):
        try:
            STATE["missing"]
        except KeyError:
            await asyncio.sleep(0.1 * 2**attempt)  # right: polling


async def visitor() -> None:
    await asyncio.sleep(2.5)
    STATE["door"] = "open"
    EVENTS.append("ring")
    await asyncio.sleep(1)


async def fade(steps: int) -> list[float]:
    level, seen = 0.0, []
    while level < 1:
        level += 1 / steps
        seen.append(level)
        await asyncio.sleep(0.1)  # right: polling
    return seen


async def main() -> None:
    begun = time.monotonic()
    guest = asyncio.create_task(visitor())
    await asyncio.gather(now_and_then(2), until_open(), until_event(), until_task(guest), backoff(), fade(5))  # accept: sequential-awaits
    print(round(time.monotonic() - begun))


asyncio.run(main())
