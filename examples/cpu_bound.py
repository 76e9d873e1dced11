"""Computing under `gather`: three blocks of work that cannot overlap.

What it shows: asyncio overlaps waiting. Here nothing waits, so there is nothing to overlap, and
one thread computes the three blocks one after the other.

What a newcomer expects: three tasks, so three cores, so a third of the time.

What loopscope will say: the total is the sum of the three blocks, about 0.2 s each (it depends on
the machine). Three stalls at the marked line in `checksum`, in which the thread computed and never
blocked. While one block is computed, the tasks behind it are ready and cannot start.

The way out: processes (`concurrent.futures.ProcessPoolExecutor`). Threads would keep the loop
responsive but compute no faster on the ordinary build of Python.
"""

import asyncio
import time

BLOCK_BYTES = 2_500_000


def checksum(block: bytes) -> int:
    """Return a checksum of the block, computed byte by byte in pure Python."""
    total = 0
    for byte in block:
        total = (total * 31 + byte) % 1_000_003  # <- computes
    return total


async def check(number: int, program_started_s: float) -> float:
    """Compute one checksum, print when that began and ended, and return how long it took."""
    block = bytes([number]) * BLOCK_BYTES
    started_s = time.perf_counter() - program_started_s
    total = checksum(block)
    ended_s = time.perf_counter() - program_started_s
    print(f"  block {number}: from {started_s:.2f} s to {ended_s:.2f} s, checksum {total}")
    return ended_s - started_s


async def main() -> None:
    """Check three blocks "at the same time" and compare the total with the sum."""
    started_s = time.perf_counter()
    took_s = await asyncio.gather(*(check(number, started_s) for number in range(1, 4)))
    elapsed_s = time.perf_counter() - started_s
    print(f"total {elapsed_s:.2f} s, sum of the blocks {sum(took_s):.2f} s: nothing overlapped")


if __name__ == "__main__":
    asyncio.run(main())
