"""Timeouts: what they end, what they cannot end, and who notices.

What it shows: `asyncio.timeout` and `asyncio.wait_for` cancel the wait that is under way and raise
`TimeoutError` (`asyncio.TimeoutError` is another name of the same class since Python 3.11). They
can only do so at an `await` that waits: code that blocks is never interrupted.

What a newcomer expects: that a timeout of 0.1 s ends everything after 0.1 s. A blocking call of
0.3 s under it takes 0.3 s, and if no `await` follows there is not even a `TimeoutError`.

What it prints: two waits ended after 0.1 s, one deadline for two waits together, and the blocking
call that nobody ends.
"""

import asyncio
import time


async def answer(after_s: float) -> str:
    """Answer after a while, unless cancelled."""
    try:
        await asyncio.sleep(after_s)
    except asyncio.CancelledError:
        print("  the wait was cancelled")
        raise
    return f"answer after {after_s:.2f} s"


async def timeout_block() -> str:
    """Give up after 0.1 s."""
    async with asyncio.timeout(0.1):
        return await answer(0.5)


async def timeout_of_one_call() -> str:
    """Give up after 0.1 s, written around the call."""
    return await asyncio.wait_for(answer(0.5), timeout=0.1)


async def one_deadline_for_two() -> str:
    """Use one deadline for two waits: the second has what the first left."""
    async with asyncio.timeout(0.3):
        first = await answer(0.2)
        print(f"  {first}")
        return await answer(0.2)


async def blocking_code() -> str:
    """Block for 0.3 s under a timeout of 0.1 s."""
    async with asyncio.timeout(0.1):
        time.sleep(0.3)  # <- cannot be interrupted
        return "answer of the blocking call"


async def main() -> None:
    """Try the four."""
    print(f"one class: {asyncio.TimeoutError is TimeoutError}")
    for ask in (timeout_block, timeout_of_one_call, one_deadline_for_two, blocking_code):
        print(ask.__name__)
        started_s = time.perf_counter()
        try:
            outcome = await ask()
        except TimeoutError:
            outcome = "TimeoutError"
        print(f"  {outcome} at {time.perf_counter() - started_s:.1f} s")


if __name__ == "__main__":
    asyncio.run(main())
