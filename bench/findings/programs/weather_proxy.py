"""A small HTTP front that asks a weather service and keeps the answers."""
# how: simulate --cost none --world world.toml

import asyncio
import dataclasses

import aiohttp

BASE = "http://api.test/weather/"
LIMIT = aiohttp.ClientTimeout(total=5)


@dataclasses.dataclass
class Cache:
    answers: dict[str, str] = dataclasses.field(default_factory=dict)
    guard: asyncio.Lock = dataclasses.field(default_factory=asyncio.Lock)
    guards: dict[str, asyncio.Lock] = dataclasses.field(default_factory=dict)


class Proxy:
    def __init__(self) -> None:
        self.cache = Cache()
        self.asked = 0

    async def ask(self, city: str) -> str:
        async with aiohttp.ClientSession(timeout=LIMIT) as session:  # expect: session-per-request=ask
            async with session.get(BASE + city) as answer:  # expect: session-per-request=ask
                return await answer.text()

    async def weather(self, city: str) -> str:
        async with self.cache.guard:  # expect: lock-over-await=weather
            if city not in self.cache.answers:
                self.cache.answers[city] = await self.ask(city)  # expect: lock-over-await=weather
        return self.cache.answers[city]

    async def weather_by_city(self, city: str) -> str:
        guard = self.cache.guards.setdefault(city, asyncio.Lock())
        async with guard:  # right: lock-over-await
            if city not in self.cache.answers:
                self.cache.answers[city] = await self.ask(city)  # right: lock-over-await
        return self.cache.answers[city]

    async def count(self) -> int:
        async with self.cache.guard:  # right: lock-over-await
            self.asked += 1
            return self.asked


async def main() -> None:
    proxy = Proxy()
    await asyncio.gather(*(proxy.weather(city) for city in ("rome", "oslo", "bern", "lima")))  # accept: sequential-awaits
    proxy = Proxy()
    await asyncio.gather(*(proxy.weather_by_city(city) for city in ("rome", "oslo", "bern")))  # accept: sequential-awaits
    print(await proxy.count())  # accept: sequential-awaits


if __name__ == "__main__":
    asyncio.run(main())
