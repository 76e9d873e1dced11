"""`asyncio.TaskGroup`: all of them end before the block ends, whatever happens.

What it shows: when a task of the group fails, the others are cancelled, the block waits until they
have cleaned up, and then raises every failure in one `ExceptionGroup`. Nothing outlives the block.

What a newcomer expects: what `gather` does: the first failure comes out at once and the rest goes
on behind one's back; or that only one exception can come out (two that fail in the same moment both
do).

What it prints: a group that goes well in 0.2 s, and one in which two fail after 0.1 s: the third is
cancelled and needs 0.1 s to clean up, so the block ends after 0.2 s.
"""

import asyncio
import time


async def book(what: str, takes_s: float) -> str:
    """Book something; undo it when cancelled."""
    try:
        await asyncio.sleep(takes_s)
    except asyncio.CancelledError:
        print(f"  {what}: cancelled, undoing it")
        await asyncio.sleep(0.1)
        print(f"  {what}: undone")
        raise
    print(f"  {what}: booked")
    return what


async def refuse(what: str, sold_out: asyncio.Event) -> None:
    """Fail when everything is sold out."""
    await sold_out.wait()
    print(f"  {what}: refused")
    raise LookupError(f"no {what} left")


async def goes_well() -> None:
    """Book two things together."""
    print("all go well")
    async with asyncio.TaskGroup() as group:
        flight = group.create_task(book("flight", 0.2))
        hotel = group.create_task(book("hotel", 0.1))
    print(f"  {flight.result()} and {hotel.result()}")


async def goes_wrong() -> None:
    """Let two of three fail."""
    print("two fail")
    sold_out = asyncio.Event()
    asyncio.get_running_loop().call_later(0.1, sold_out.set)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(book("flight", 0.4))
            group.create_task(refuse("hotel", sold_out))
            group.create_task(refuse("car", sold_out))
    except* LookupError as failures:
        print(f"  raised: {', '.join(str(one) for one in failures.exceptions)}")


async def main() -> None:
    """Measure both."""
    for trip in (goes_well, goes_wrong):
        started_s = time.perf_counter()
        await trip()
        print(f"  total {time.perf_counter() - started_s:.1f} s")


if __name__ == "__main__":
    asyncio.run(main())
