"""``gather`` begins with its coroutines in their order."""

import asyncio

from noise import noise

begun: list[int] = []


async def begin(number: int) -> None:
    """Say that it has begun."""
    begun.append(number)
    await asyncio.sleep(0)


async def main() -> None:
    """Gather ten."""
    async with noise():
        await asyncio.gather(*map(begin, range(10)))
        assert begun == list(range(10))


asyncio.run(main())
