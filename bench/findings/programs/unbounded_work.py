"""Jobs from a list of any length: started all at once, in a pool of workers, in batches."""
# how: simulate --cost none

import asyncio
from collections.abc import Iterable


async def resize(picture: str) -> str:
    await asyncio.sleep(0.05)
    return picture.upper()


async def resize_all(pictures: Iterable[str]) -> list[str]:
    return await asyncio.gather(*[resize(picture) for picture in pictures])  # expect: unbounded-concurrency


async def resize_map(pictures: Iterable[str]) -> list[str]:
    return await asyncio.gather(*map(resize, pictures))  # expect: unbounded-concurrency


async def resize_listed(pictures: Iterable[str]) -> list[str]:
    jobs = []
    for picture in pictures:
        jobs.append(resize(picture))
    return await asyncio.gather(*jobs)  # expect: unbounded-concurrency


async def resize_patiently(slots: asyncio.Semaphore, picture: str) -> str:
    async with slots:
        return await resize(picture)


async def resize_listed_right(pictures: Iterable[str]) -> list[str]:
    slots = asyncio.Semaphore(16)
    jobs = [resize_patiently(slots, picture) for picture in pictures]
    return await asyncio.gather(*jobs)  # right: unbounded-concurrency


async def resize_in_threads(pictures: Iterable[str]) -> list[str]:
    loop = asyncio.get_running_loop()
    futures = [loop.run_in_executor(None, str.upper, picture) for picture in pictures]  # right: unbounded-concurrency
    return await asyncio.gather(*futures)


async def worker(queue: asyncio.Queue[str], out: list[str]) -> None:
    while True:
        picture = await queue.get()
        out.append(await resize(picture))
        queue.task_done()


async def resize_by_workers(pictures: Iterable[str]) -> list[str]:
    queue: asyncio.Queue[str] = asyncio.Queue()
    out: list[str] = []
    for picture in pictures:
        queue.put_nowait(picture)
    workers = [asyncio.create_task(worker(queue, out)) for _ in range(4)]  # right: unbounded-concurrency
    await queue.join()
    for one in workers:
        one.cancel()
    return out


async def resize_in_batches(pictures: list[str]) -> list[str]:
    out: list[str] = []
    for start in range(0, len(pictures), 8):
        batch = pictures[start : start + 8]
        out += await asyncio.gather(*(resize(picture) for picture in batch))  # right: unbounded-concurrency
    return out


async def main() -> None:
    names = [f"picture-{number}" for number in range(120)]
    await asyncio.gather(
        resize_all(names),
        resize_map(names),
        resize_listed(names),
        resize_listed_right(names),
        resize_in_threads(names),
        resize_by_workers(names),
        resize_in_batches(names),
    )


asyncio.run(main())
