"""Loops that ask again and again, where something could tell them."""
# how: simulate --cost none

import asyncio


class Job:
    def __init__(self) -> None:
        self.is_done = False
        self.finished = asyncio.Event()
        self.progress = 0

    async def run(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0.1)
            self.progress += 20
        self.is_done = True
        self.finished.set()


async def wait_busily(job: Job) -> None:
    while not job.is_done:
        await asyncio.sleep(0.01)  # expect: polling


async def wait_counting(job: Job) -> int:
    looks = 0
    while True:
        if job.is_done:
            break
        looks += 1
        await asyncio.sleep(0.02)  # expect: polling
    return looks


async def wait_well(job: Job) -> None:
    await job.finished.wait()  # right: polling


async def wait_for_task() -> None:
    task = asyncio.create_task(asyncio.sleep(0.3))
    while not task.done():
        await asyncio.sleep(0.01)  # expect: polling
    await task


async def drain(queue: asyncio.Queue[int], job: Job) -> int:
    total = 0
    while not job.is_done or not queue.empty():
        if queue.empty():
            await asyncio.sleep(0.005)  # expect: polling
            continue
        total += queue.get_nowait()
    return total


async def spin(job: Job) -> None:
    await asyncio.sleep(0.45)
    while job.progress < 100:
        await asyncio.sleep(0.001)  # expect: polling


async def heartbeat(job: Job) -> int:
    beats = 0
    while not job.finished.is_set():
        print("beat", job.progress)
        beats += 1
        await asyncio.sleep(0.1)  # right: polling
    return beats


async def fill(queue: asyncio.Queue[int]) -> None:
    for number in range(4):
        await asyncio.sleep(0.1)  # right: polling
        queue.put_nowait(number)


async def main() -> None:
    job = Job()
    queue: asyncio.Queue[int] = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        group.create_task(job.run())
        group.create_task(wait_busily(job))
        group.create_task(wait_counting(job))
        group.create_task(wait_well(job))
        group.create_task(wait_for_task())
        group.create_task(drain(queue, job))
        group.create_task(spin(job))
        group.create_task(heartbeat(job))
        group.create_task(fill(queue))


asyncio.run(main())
