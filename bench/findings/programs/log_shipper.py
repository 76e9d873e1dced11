"""Ships the lines of log files: reads, parses, sends in batches, and flushes now and then."""
# how: simulate --cost none --world world.toml

import asyncio
import json
import logging
from collections.abc import Iterable

import aiohttp

log = logging.getLogger("shipper")
LIMIT = aiohttp.ClientTimeout(total=10)


class Shipper:
    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session
        self.pending: list[str] = []
        self.wake = asyncio.Event()
        self.closing = False
        self.sent = 0

    def add(self, line: str) -> None:
        self.pending.append(line)
        if len(self.pending) >= 5:
            self.wake.set()

    async def flush(self) -> None:
        batch, self.pending = self.pending, []
        if not batch:
            return
        async with self.session.post("http://api.test/logs", json=batch) as answer:
            answer.raise_for_status()
        self.sent += len(batch)

    async def run(self) -> None:
        while not self.closing:
            try:
                await asyncio.wait_for(self.wake.wait(), 1)  # right: polling
            except TimeoutError:
                log.debug("nothing new")
            self.wake.clear()
            await self.flush()  # right: sequential-awaits

    async def close(self) -> None:
        self.closing = True
        self.wake.set()

    async def wait_empty(self) -> None:
        while self.pending:
            await asyncio.sleep(0.01)  # expect: polling


async def ship(shipper: Shipper, lines: Iterable[dict[str, int]]) -> None:
    for line in lines:
        shipper.add(json.dumps(line))
        await asyncio.sleep(0.05)  # right: polling, sequential-awaits


async def notify(session: aiohttp.ClientSession, name: str) -> int:
    async with session.get(f"http://api.test/{name}") as answer:
        return answer.status


async def announce(session: aiohttp.ClientSession) -> None:
    log.info("telling %s", "start")
    start = await notify(session, "start")  # expect: sequential-awaits=told
    health = await notify(session, "health")  # expect: sequential-awaits=told
    log.info("told: %s %s", start, health)


async def main() -> None:
    async with aiohttp.ClientSession(timeout=LIMIT) as session:
        shipper = Shipper(session)
        async with asyncio.TaskGroup() as group:
            group.create_task(shipper.run())  # right: lost-task
            await ship(shipper, ({"n": one} for one in range(12)))  # accept: sequential-awaits
            await shipper.wait_empty()  # accept: sequential-awaits
            await shipper.close()  # accept: sequential-awaits
        await announce(session)  # accept: sequential-awaits
        print(shipper.sent)


asyncio.run(main())
