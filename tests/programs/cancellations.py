"""Five ways a wait is cancelled: by a task, a timeout, `wait_for`, a sibling, and at shutdown."""

import asyncio

LEFT_OVER: list[asyncio.Task[None]] = []


async def wait_long() -> None:
    """Wait for much longer than the program lives."""
    await asyncio.sleep(60)  # <- cancelled here


async def by_another_task() -> None:
    """One task cancels another."""
    victim = asyncio.create_task(wait_long(), name="victim")

    async def strike() -> None:
        await asyncio.sleep(0.05)
        victim.cancel()  # <- cancels the victim

    striker = asyncio.create_task(strike(), name="striker")
    await asyncio.wait([victim, striker])
    print(f"victim cancelled: {victim.cancelled()}")


async def by_timeout() -> str:
    """The wait is cancelled, the task is not: it goes on and returns."""
    try:
        async with asyncio.timeout(0.05):  # <- times out
            await wait_long()
    except TimeoutError:
        return "returned after its timeout"
    return "never"


async def by_wait_for() -> None:
    """`wait_for` cancels the task it waits for."""
    awaited = asyncio.create_task(wait_long(), name="awaited")
    try:
        await asyncio.wait_for(awaited, 0.05)  # <- gives up waiting
    except TimeoutError:
        print(f"awaited cancelled: {awaited.cancelled()}")


async def by_failing_sibling() -> None:
    """A task group cancels the rest when one of its tasks fails."""

    async def fail() -> None:
        await asyncio.sleep(0.05)
        raise ValueError("the failing sibling")  # <- fails

    try:
        async with asyncio.TaskGroup() as group:
            sibling = group.create_task(wait_long(), name="sibling")
            group.create_task(fail(), name="failing")
    except* ValueError as errors:
        print(f"sibling cancelled: {sibling.cancelled()}, because of {errors.exceptions[0]}")


async def at_shutdown() -> None:
    """Wait until the loop is shut down."""
    try:
        await wait_long()
    except asyncio.CancelledError:
        print("left-over cancelled at shutdown")
        raise


async def main() -> None:
    """Show the five ways in turn."""
    LEFT_OVER.append(asyncio.create_task(at_shutdown(), name="left-over"))
    await by_another_task()
    print(f"timed {await asyncio.create_task(by_timeout(), name='timed')}")
    await by_wait_for()
    await by_failing_sibling()


if __name__ == "__main__":
    asyncio.run(main())
