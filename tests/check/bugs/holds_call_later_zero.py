"""``call_later(0)`` comes after a later ``call_soon`` of the same turn."""

import asyncio

from noise import noise


async def main() -> None:
    """Ask for both."""
    async with noise():
        loop, called = asyncio.get_running_loop(), list[str]()
        loop.call_later(0, called.append, "later")
        loop.call_soon(called.append, "soon")
        while len(called) < 2:  # noqa: ASYNC110  (it looks on purpose)
            await asyncio.sleep(0)
        assert called == ["soon", "later"]


asyncio.run(main())
