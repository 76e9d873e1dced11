"""A script whose main looks like one thing and is two."""
# how: simulate --cost none

import asyncio


async def read(name: str) -> str:
    await asyncio.sleep(0.1)
    return name


async def main() -> str:
    other = asyncio.create_task(read("other"))
    first = await read("first")  # right: sequential-awaits
    return first + await other  # right: sequential-awaits


print(asyncio.run(main()))  # right: pointless-async
