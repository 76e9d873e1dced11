"""Practice: do not block the loop. Wrong: reading a slow disk in a coroutine.

What it shows: an ordinary file is read by a blocking call; asyncio has no other way to read one. On
a slow disk the loop stands still meanwhile, and the heartbeat with it.

What a newcomer expects: that files are "I/O", and I/O is what asyncio is good at. That holds for
the network. The sleep in `read_report` stands for a disk that takes 0.5 s.

What it prints: one beat, then nothing for 0.5 s. Compare `do_not_block_right.py`.
"""

import asyncio
import itertools
import time


def read_report() -> str:
    """Read a file from a slow disk."""
    time.sleep(0.5)  # <- blocks
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
    report = read_report()
    print(f"{report}, read in {time.perf_counter() - started_s:.1f} s")
    heart.cancel()


if __name__ == "__main__":
    asyncio.run(main())
