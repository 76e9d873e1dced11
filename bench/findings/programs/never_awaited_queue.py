"""A producer whose put is forgotten, and a gather nobody waits for."""
# how: simulate --cost none

import asyncio


async def produce(queue: asyncio.Queue[int | None]) -> None:
    for number in range(3):
        queue.put(number)  # expect: never-awaited
        await asyncio.sleep(0.02)
    await queue.put(None)


async def consume(queue: asyncio.Queue[int | None]) -> int:
    total = 0
    while (number := await queue.get()) is not None:  # right: no-timeout
        total += number
    return total


async def flush() -> None:
    await asyncio.sleep(0.02)


async def finish(lock: asyncio.Lock) -> None:
    lock.acquire()  # expect: never-awaited
    flush() if lock.locked() else print("free")  # expect: never-awaited
    await flush()
    queue: asyncio.Queue[int] = asyncio.Queue()
    queue.put_nowait(3)  # right: never-awaited
    print(queue.qsize(), await queue.get())


async def main() -> None:
    queue: asyncio.Queue[int | None] = asyncio.Queue()
    await asyncio.gather(produce(queue), consume(queue), finish(asyncio.Lock()))


asyncio.run(main())
