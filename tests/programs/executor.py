"""Blocking calls in threads: they hold their thread for 0.2 s and never the loop."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor


def read_slowly(what: str) -> str:
    """Block the thread it runs in."""
    time.sleep(0.2)  # <- holds only its thread
    return f"{what} read"


async def by_to_thread() -> str:
    """Use the loop's own pool."""
    return await asyncio.to_thread(read_slowly, "first file")  # <- waits for to_thread


async def by_executor(pool: ThreadPoolExecutor, what: str) -> str:
    """Use a pool of the program."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool, read_slowly, what)  # <- waits for run_in_executor


async def main() -> None:
    """Wait for three jobs; two of them share a pool of one thread."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="reader") as pool:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(by_to_thread(), name="to-thread"),
                group.create_task(by_executor(pool, "second file"), name="pool-first"),
                group.create_task(by_executor(pool, "third file"), name="pool-second"),
            ]
    for task in tasks:
        print(f"{task.get_name()}: {task.result()}")


if __name__ == "__main__":
    asyncio.run(main())
