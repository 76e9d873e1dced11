"""Timers run in the order of their times."""

import asyncio

from noise import noise

woken: list[int] = []


async def wake(number: int) -> None:
    """Sleep, the later ones less long."""
    await asyncio.sleep(0.020 - number * 0.002)
    woken.append(number)


async def main() -> None:
    """Let six sleep."""
    async with noise():
        await asyncio.gather(*map(wake, range(6)))
        assert woken == list(reversed(range(6)))


asyncio.run(main())
