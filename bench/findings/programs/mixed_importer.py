"""An importer as one finds it: everything a little wrong."""
# how: simulate --cost none --world world.toml

import asyncio
import time
from dataclasses import dataclass

import aiohttp
import requests

TIMEOUT = aiohttp.ClientTimeout(total=10)


@dataclass
class Row:
    number: int
    name: str = ""
    price: float = 0.0


class Throttle:
    """At most so many calls a second."""

    def __init__(self, rate: int) -> None:
        self.gap = 1 / rate
        self.last = 0.0

    def wait(self) -> None:
        now = time.monotonic()
        if self.last + self.gap > now:
            time.sleep(self.last + self.gap - now)  # expect: blocking-call=throttle
        self.last = time.monotonic()


class Importer:
    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session
        self.throttle = Throttle(20)
        self.rows: list[Row] = []
        self.lock = asyncio.Lock()
        self.failed = 0

    async def _json(self, path: str) -> dict:
        async with self.session.get(f"http://api.test/{path}") as answer:
            return await answer.json()

    async def _name(self, number: int) -> str:
        return (await self._json(f"name/{number}")).get("name", "?")

    async def _price(self, number: int) -> float:
        return (await self._json(f"price/{number}")).get("price", 1.0)

    async def row(self, number: int) -> Row:
        self.throttle.wait()  # expect: blocking-call=throttle
        name = await self._name(number)  # expect: sequential-awaits=row
        price = await self._price(number)  # expect: sequential-awaits=row
        return Row(number, name, price)

    async def add(self, number: int) -> None:
        async with self.lock:
            row = await self.row(number)  # expect: lock-over-await
            self.rows.append(row)

    async def run(self, numbers: range) -> None:
        await asyncio.gather(*(self.add(number) for number in numbers))  # accept: unbounded-concurrency
        asyncio.create_task(self.report())  # expect: lost-task
        await asyncio.sleep(0.2)

    async def report(self) -> None:
        await asyncio.to_thread(requests.post, "http://api.test/report")  # expect: no-timeout


async def main() -> None:
    async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
        await Importer(session).run(range(8))


asyncio.run(main())
