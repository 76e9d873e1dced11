"""Two threads, each with its own `asyncio.run`; what blocks one loop does not harm the other."""

import asyncio
import threading
import time

START = threading.Barrier(2)


async def nap(duration_s: float) -> None:
    """Wait five times."""
    for _ in range(5):
        await asyncio.sleep(duration_s)


async def main(name: str, block_s: float) -> None:
    """Block for a moment, if so told, with a napping task beside."""
    napper = asyncio.create_task(nap(0.04), name=f"{name}-nap")
    await asyncio.sleep(0.02)
    if block_s:
        time.sleep(block_s)  # <- blocks the left loop
    await napper


def run_loop(name: str, block_s: float) -> None:
    """Run a loop in this thread as soon as both threads are there."""
    START.wait()
    asyncio.run(main(name, block_s))


if __name__ == "__main__":
    threads = [
        threading.Thread(target=run_loop, args=("left", 0.15), name="left"),
        threading.Thread(target=run_loop, args=("right", 0.0), name="right"),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
        print(f"{thread.name} loop has ended")
