"""The same ten waits in turn and together, and what that says about other work.

What it shows: ten waits of 0.05 s take ten times as long in turn as together. The gain is in the
waiting: together they take as long as the longest. Work that computes or blocks gains nothing by
the same `gather`.

What a newcomer expects: that `gather` makes anything faster. Its factor here is the number of waits
that overlap; for the blocking version it is 1.

What it prints: the three totals and the factors. Durations are taken with `perf_counter`, which
never goes back; `time.time` may, when the clock of the machine is set.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

COUNT = 10
TAKES_S = 0.05


async def wait() -> None:
    """Wait, and leave the loop to others meanwhile."""
    await asyncio.sleep(TAKES_S)


async def block() -> None:
    """Take as long, but keep the loop."""
    time.sleep(TAKES_S)  # <- blocks


async def in_turn() -> None:
    """Wait ten times, one after the other."""
    for _ in range(COUNT):
        await wait()


async def together() -> None:
    """Wait ten times at once."""
    await asyncio.gather(*(wait() for _ in range(COUNT)))


async def blocking_together() -> None:
    """Block ten times "at once"."""
    await asyncio.gather(*(block() for _ in range(COUNT)))


async def seconds(way: Callable[[], Awaitable[None]]) -> float:
    """Measure one way."""
    started_s = time.perf_counter()
    await way()
    return time.perf_counter() - started_s


async def main() -> None:
    """Compare the three ways."""
    in_turn_s = await seconds(in_turn)
    print(f"waits in turn:       {in_turn_s:.2f} s")
    together_s = await seconds(together)
    print(f"waits together:      {together_s:.2f} s, {in_turn_s / together_s:.1f} times as fast")
    blocking_s = await seconds(blocking_together)
    print(f"blocking together:   {blocking_s:.2f} s, {in_turn_s / blocking_s:.1f} times as fast")


if __name__ == "__main__":
    asyncio.run(main())
