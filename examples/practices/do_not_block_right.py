"""Practice: do not block the loop. Right: reading a slow disk in a thread.

What it shows: `asyncio.to_thread` hands a blocking call to a thread and gives the loop something to
wait for. The call takes as long as before; everybody else goes on. (For computing instead of
waiting a thread keeps the loop responsive, but makes nothing faster: that takes processes.)

What it prints: three beats while the report is read. Compare `do_not_block_wrong.py`.
"""

import asyncio
import itertools
import time


def read_report() -> str:
    """Read a file from a slow disk."""
    time.sleep(0.5)  # <- blocks a thread, not the loop
    return "report of 3 pages"


async def beat() -> None:
    """Beat every 0.2 s."""
    for number in itertools.count(1):
        print(f"  beat {number}")
        await asyncio.sleep(0.2)


async def main() -> None:
    """Read the report beside the heartbeat."""
    heart = asyncio.create_task(beat(), name="heart")
    await asyncio.sleep(0)  # let it begin
    started_s = time.perf_counter()
    report = await asyncio.to_thread(read_report)
    print(f"{report}, read in {time.perf_counter() - started_s:.1f} s")
    heart.cancel()


if __name__ == "__main__":
    asyncio.run(main())
