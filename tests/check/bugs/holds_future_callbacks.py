"""The callbacks of a future run in the order in which they were added."""

import asyncio
from functools import partial

from noise import noise


def note(called: list[int], number: int, _: object) -> None:
    """Note that a callback was called."""
    called.append(number)


async def main() -> None:
    """Add five callbacks, and see what they did."""
    async with noise():
        future, called = asyncio.get_running_loop().create_future(), list[int]()
        for number in range(5):
            future.add_done_callback(partial(note, called, number))
        future.set_result(None)
        await asyncio.sleep(0)
        assert called == list(range(5))


asyncio.run(main())
