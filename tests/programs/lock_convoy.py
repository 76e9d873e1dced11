"""Twenty workers need the same lock for 10 ms each: they run one at a time, 0.2 s in all."""

import asyncio


async def work(lock: asyncio.Lock) -> None:
    """Wait for the lock, then keep it over a wait."""
    async with lock:  # <- queues
        await asyncio.sleep(0.01)  # <- holds the lock


async def main() -> None:
    """Start the twenty workers."""
    lock = asyncio.Lock()
    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(work(lock), name=f"worker-{number}")
    print("20 workers have ended")


if __name__ == "__main__":
    asyncio.run(main())
