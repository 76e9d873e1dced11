"""A program of many tasks that do a bit of everything, recorded: what large reports are made of.

python bench/_many_tasks.py TASKS ROUNDS TRACE
"""

import asyncio
import random
import sys
from pathlib import Path

import loopscope


async def handler(number: int, rounds: int, lock: asyncio.Lock, queue: asyncio.Queue[int]) -> None:
    """Sleep, yield, use a queue or a lock, and compute for some microseconds, in any order."""
    random_choice = random.Random(number)  # noqa: S311  (not a secret)
    for _ in range(rounds):
        kind = random_choice.random()
        if kind < 0.45:
            await asyncio.sleep(random_choice.expovariate(50))
        elif kind < 0.75:
            await asyncio.sleep(0)
        elif kind < 0.9:
            queue.put_nowait(number)
            await queue.get()
        else:
            async with lock:
                await asyncio.sleep(0)
        sum(range(random_choice.randrange(100, 3000)))


async def main(tasks: int, rounds: int) -> None:
    """Run all handlers together."""
    lock: asyncio.Lock = asyncio.Lock()
    queue: asyncio.Queue[int] = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        for number in range(tasks):
            group.create_task(handler(number, rounds, lock, queue))


if __name__ == "__main__":
    with loopscope.record(Path(sys.argv[3])):
        asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
