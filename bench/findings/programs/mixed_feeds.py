"""Feeds and their readers: timeouts, unawaited calls, lost results."""
# how: simulate --cost none --world world.toml

import asyncio

import aiohttp
import websockets

NO_LIMIT = aiohttp.ClientTimeout(total=None)


class Feed:
    def __init__(self, name: str) -> None:
        self.name = name
        self.items: asyncio.Queue[str] = asyncio.Queue()

    async def publish(self, item: str) -> None:
        await asyncio.sleep(0.01)
        await self.items.put(item)

    async def listen(self) -> str:
        socket = await websockets.connect("ws://stream.test/")
        try:
            return await socket.recv()  # expect: no-timeout
        finally:
            await socket.close()

    async def listen_briefly(self) -> str:
        socket = await websockets.connect("ws://stream.test/")
        try:
            async with asyncio.timeout(5):
                return await socket.recv()  # right: no-timeout
        finally:
            await socket.close()

    async def stop(self) -> None:
        await asyncio.sleep(0.01)


async def download(session: aiohttp.ClientSession, name: str) -> str:
    async with session.get(f"http://api.test/feed/{name}", timeout=NO_LIMIT) as answer:  # expect: no-timeout
        return await answer.text()


async def publish_all(feed: Feed) -> int:
    items = ["a", "b"]
    for item in items:
        feed.publish(item)  # expect: never-awaited
    await asyncio.gather(*(feed.publish(item) for item in items))
    return feed.items.qsize()


async def fail(name: str) -> str:
    await asyncio.sleep(0.05)
    raise OSError(name)


async def best_of(session: aiohttp.ClientSession) -> list[str]:
    texts: list[str] = []
    try:
        texts = await asyncio.gather(download(session, "a"), download(session, "b"), fail("c"))  # expect: gather-loses-results
    except OSError:
        print("one feed failed")
    return texts


async def closed(feed: Feed) -> None:
    if feed.items.empty():
        await asyncio.sleep(0.01)
    _ = feed.stop()  # expect: never-awaited
    await feed.stop()


async def main() -> None:
    feed = Feed("news")
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=9)) as session:
        await asyncio.gather(feed.listen(), feed.listen_briefly(), publish_all(feed), best_of(session), closed(feed))


asyncio.run(main())
