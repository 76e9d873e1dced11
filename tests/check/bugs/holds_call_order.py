"""Callbacks run in the order in which they were asked for."""

import asyncio

from noise import noise


async def main() -> None:
    """Ask for ten callbacks."""
    async with noise():
        loop, called = asyncio.get_running_loop(), list[int]()
        for number in range(10):
            loop.call_soon(called.append, number)
        await asyncio.sleep(0)
        assert called == list(range(10))


asyncio.run(main())
