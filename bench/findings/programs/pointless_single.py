"""A script that is asynchronous and does one thing."""
# how: simulate --cost none --latency 100ms

import asyncio

import aiohttp


async def main() -> int:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        async with session.get("http://api.test/") as answer:
            return answer.status


print(asyncio.run(main()))  # expect: pointless-async
