"""The unbounded queue, put right: who produces waits while it is full."""

import asyncio

from asking import ask

MOST = 5
queue: asyncio.Queue[int] = asyncio.Queue(MOST)


async def produce() -> None:
    """Put an event into the queue every 5 ms."""
    for number in range(30):
        await asyncio.sleep(0.005)
        await queue.put(number)
        assert queue.qsize() <= MOST, f"{queue.qsize()} events wait in memory"


async def consume() -> None:
    """Store one event after the other."""
    for _ in range(30):
        await ask("store.example.com", str(await queue.get()))


async def main() -> None:
    """As many events as are produced are stored."""
    async with asyncio.TaskGroup() as group:
        group.create_task(produce())
        group.create_task(consume())


asyncio.run(main())
