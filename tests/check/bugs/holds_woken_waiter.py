"""A waiter that was woken goes before a task that is made later."""

import asyncio

from noise import noise

order: list[str] = []


async def wait(event: asyncio.Event) -> None:
    """Wait to be woken."""
    await event.wait()
    order.append("waiter")


async def late() -> None:
    """Be made late."""
    order.append("late")


async def main() -> None:
    """Wake the one, and make the other."""
    async with noise():
        event = asyncio.Event()
        waiter = asyncio.create_task(wait(event))
        await asyncio.sleep(0)
        event.set()
        await asyncio.gather(waiter, asyncio.create_task(late()))
        assert order == ["waiter", "late"]


asyncio.run(main())
