"""A lock of the threading module around an await: the loop itself stands when two meet."""
# how: simulate --cost none

import asyncio
import threading

GUARD = threading.RLock()
GATE = asyncio.Lock()


async def ask(name: str) -> str:
    await asyncio.sleep(0.1)
    return name


async def guarded(name: str) -> str:
    with GUARD:
        return await ask(name)  # expect: lock-over-await


async def gated(name: str) -> str:
    async with GATE:
        return await ask(name)  # expect: lock-over-await


async def alone(name: str) -> str:
    private = asyncio.Lock()
    async with private:
        return await ask(name)  # right: lock-over-await


async def main() -> None:
    async with asyncio.TaskGroup() as group:
        for name in ("a", "b", "c"):
            group.create_task(gated(name))
            group.create_task(alone(name))
    print(await guarded("d"))


asyncio.run(main())
