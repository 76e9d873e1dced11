"""Locks that are held while something else is waited for."""
# how: simulate --cost none

import asyncio
import time


async def fetch_rate(currency: str) -> float:
    await asyncio.sleep(0.2)
    return len(currency) / 2


class Rates:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.known: dict[str, float] = {}

    async def rate(self, currency: str) -> float:
        async with self.lock:
            if currency not in self.known:
                self.known[currency] = await fetch_rate(currency)  # expect: lock-over-await
            return self.known[currency]


class Counter:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.value = 0

    async def add(self) -> int:
        async with self.lock:
            self.value += 1  # right: lock-over-await
            return self.value


class Journal:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.lines: list[str] = []

    async def write(self, line: str) -> None:
        await self.lock.acquire()
        try:
            await asyncio.sleep(0.1)  # expect: lock-over-await
            self.lines.append(line)
        finally:
            self.lock.release()


class Cache:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.known: dict[str, float] = {}

    async def rate(self, currency: str) -> float:
        found = self.known.get(currency)
        if found is None:
            found = await fetch_rate(currency)  # right: lock-over-await
            async with self.lock:
                self.known[currency] = found
        return found


class Pace:
    """At most twenty a second."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.free_at = 0.0

    async def keep(self) -> None:
        async with self.lock:
            now = time.monotonic()
            if now < self.free_at:
                await asyncio.sleep(self.free_at - now)  # right: lock-over-await
            self.free_at = max(now, self.free_at) + 0.05


async def main() -> None:
    pace = Pace()
    rates, counter, journal, cache = Rates(), Counter(), Journal(), Cache()
    currencies = ("eur", "usd", "gbp", "yen", "chf")
    async with asyncio.TaskGroup() as group:
        for currency in currencies:
            group.create_task(rates.rate(currency))
            group.create_task(counter.add())
            group.create_task(journal.write(currency))
            group.create_task(cache.rate(currency))
            group.create_task(pace.keep())


asyncio.run(main())
