"""Two naps, one after the other."""

import asyncio


async def main() -> None:
    """Sleep twice."""
    await asyncio.sleep(1)
    await asyncio.sleep(2)


asyncio.run(main())
