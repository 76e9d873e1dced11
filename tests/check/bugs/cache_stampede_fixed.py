"""The cache stampede, put right: what is kept is the task that fetches."""

import asyncio

from asking import ask

cache: dict[str, asyncio.Task[str]] = {}
fetched: list[str] = []


async def fetch(key: str) -> str:
    """Fetch what is expensive."""
    fetched.append(key)
    return await ask("slow.example.com", key)


async def read(key: str) -> str:
    """Return a value, fetched once and then kept."""
    if key not in cache:
        cache[key] = asyncio.create_task(fetch(key))
    return await cache[key]


async def reader(delay_s: float) -> str:
    """Read after a while."""
    await asyncio.sleep(delay_s)
    return await read("prices")


async def main() -> None:
    """Three readers, far enough apart for the cache to be filled by the first, usually."""
    assert await asyncio.gather(*(reader(n * 0.020) for n in range(3))) == ["prices"] * 3
    assert fetched == ["prices"], f"fetched {len(fetched)} times"


asyncio.run(main())
