"""Calls that could block and here do not matter: refuted by the run, a warning in source alone."""
# how: run

import asyncio
import queue
import tempfile
from pathlib import Path

SETTINGS = Path(tempfile.gettempdir())


async def ready() -> bool:
    return SETTINGS.is_dir()  # right: blocking-call


async def newest(jobs: queue.Queue[int]) -> int | None:
    try:
        return jobs.get_nowait()  # right: blocking-call
    except queue.Empty:
        return None


async def done(futures: list[asyncio.Future[int]]) -> list[int]:
    finished, _ = await asyncio.wait(futures)
    return [future.result() for future in finished]  # right: blocking-call


async def number(value: int) -> int:
    await asyncio.sleep(0.05)
    return value


async def main() -> None:
    jobs: queue.Queue[int] = queue.Queue()
    await ready()
    await newest(jobs)
    tasks = [asyncio.create_task(number(value)) for value in range(3)]
    print(await done(tasks))


asyncio.run(main())
