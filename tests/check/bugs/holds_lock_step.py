"""Tasks that only ``sleep(0)`` go in lock step."""

import asyncio

from noise import noise

steps: list[tuple[int, int]] = []


async def step(number: int) -> None:
    """Make five steps."""
    for count in range(5):
        steps.append((count, number))
        await asyncio.sleep(0)


async def main() -> None:
    """Let three go."""
    async with noise():
        await asyncio.gather(*map(step, range(3)))
        assert steps == sorted(steps)


asyncio.run(main())
