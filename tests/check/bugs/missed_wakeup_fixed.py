"""The missed wake-up, put right: cleared before the await, the event is not forgotten."""

import asyncio

from asking import ask

jobs: list[str] = []
news = asyncio.Event()


async def work() -> str:
    """Wait for a job, and return it."""
    while not jobs:
        news.clear()
        await ask("monitor.example.com", "idle")
        await news.wait()
    return jobs.pop()


async def bring() -> None:
    """Bring a job after a while."""
    await asyncio.sleep(0.010)
    jobs.append("sweep")
    news.set()


async def main() -> None:
    """One worker, one job."""
    worker, _ = await asyncio.gather(work(), bring())
    assert worker == "sweep"


asyncio.run(main())
