"""The same importer, mended."""
# how: simulate --cost none --world world.toml

import asyncio
from dataclasses import dataclass

import aiohttp

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
        self.next = 0.0

    async def wait(self) -> None:
        now = asyncio.get_running_loop().time()
        self.next = max(self.next + self.gap, now)
        await asyncio.sleep(self.next - now)  # right: polling


class Importer:
    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session
        self.throttle = Throttle(20)
        self.rows: list[Row] = []

    async def _json(self, path: str) -> dict:
        async with self.session.get(f"http://api.test/{path}") as answer:  # right: no-timeout
            return await answer.json()

    async def _name(self, number: int) -> str:
        return (await self._json(f"name/{number}")).get("name", "?")

    async def _price(self, number: int) -> float:
        return (await self._json(f"price/{number}")).get("price", 1.0)

    async def row(self, number: int) -> Row:
        await self.throttle.wait()  # right: sequential-awaits
        name, price = await asyncio.gather(self._name(number), self._price(number))  # right: sequential-awaits
        return Row(number, name, price)

    async def worker(self, numbers: asyncio.Queue[int]) -> None:
        while not numbers.empty():
            self.rows.append(await self.row(numbers.get_nowait()))  # right: sequential-awaits

    async def run(self, all_numbers: range) -> None:
        numbers: asyncio.Queue[int] = asyncio.Queue()
        for number in all_numbers:
            numbers.put_nowait(number)  # right: never-awaited
        async with asyncio.TaskGroup() as group:
            for _ in range(4):
                group.create_task(self.worker(numbers))  # right: unbounded-concurrency
        await self.report()

    async def report(self) -> None:
        async with self.session.post("http://api.test/report") as answer:
            answer.raise_for_status()


async def main() -> None:
    async with aiohttp.ClientSession(timeout=TIMEOUT) as session:  # right: session-per-request
        await Importer(session).run(range(8))


asyncio.run(main())
