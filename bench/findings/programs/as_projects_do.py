"""What real projects do that looks like a mistake: hooks, workers with a pause, wrappers, answers that are kept."""
# how: simulate --cost none

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, cast


class Feed:
    """Opens nothing by itself; feeds over the network do."""

    def __init__(self) -> None:
        self.book: dict[str, int] = {}
        self.is_stopping = False
        self.is_listening = False
        self.rounds = 0

    async def open_book(self) -> None:
        self.book = {}

    async def open_line(self) -> None:
        self.is_listening = True

    async def start(self) -> None:
        await asyncio.gather(self.open_book(), self.open_line())  # right: pointless-async

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def work(self) -> None:
        while not self.is_stopping:
            self.rounds += 1
            await self.ask_somebody(self.rounds)
            if not self.is_stopping:
                await asyncio.sleep(0.2)  # right: polling

    async def ask_somebody(self, number: int) -> int:
        await asyncio.sleep(0.01)
        return number

    async def refresh(self) -> int:
        await self._pause(0.5)  # right: sequential-awaits
        return await self.ask_somebody(1)  # right: sequential-awaits


class NetworkFeed(Feed):
    async def open_book(self) -> None:
        await asyncio.sleep(0.1)
        self.book = {"a": 1}

    async def open_line(self) -> None:
        await asyncio.sleep(0.1)
        self.is_listening = True


class Conversion:
    """A program that was begun, and what it says at its end."""

    async def finish(self) -> str:
        await asyncio.sleep(0.1)
        return "done"


class Job:
    process: Any = None


async def begin(name: str) -> Conversion:
    await asyncio.sleep(0.05)
    return Conversion()


async def convert(job: Job) -> str:
    job.process = await begin("film")  # right: sequential-awaits
    return await job.process.finish()  # right: sequential-awaits


async def listing() -> list[int]:
    await asyncio.sleep(0.05)
    return [1, 2]


async def name_of(number: int) -> str:
    await asyncio.sleep(0.4)
    return str(number)


async def names() -> dict[str, int]:
    numbers = await listing()  # right: sequential-awaits
    found = {await name_of(number): number for number in numbers}  # expect: sequential-awaits
    return found


async def one_by_one(ask: Callable[[int], Awaitable[int]]) -> list[int]:
    return [await ask(number) for number in (1, 2, 3)]  # right: sequential-awaits


class Context:
    def __init__(self) -> None:
        self.verdict = ""


class Words:
    async def judge_message(self, context: Context) -> bool:
        await asyncio.sleep(0.05)
        context.verdict += "words"
        return True


class Links:
    async def judge_message(self, context: Context) -> bool:
        await asyncio.sleep(0.05)
        return context.verdict == "words"


async def judge(filters: dict[str, Any]) -> list[bool]:
    context = Context()
    said = []
    for one in filters.values():
        said.append(await one.judge_message(context))  # right: sequential-awaits
    return said


class Counter:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.count = 0

    async def state(self) -> int:
        async with self._lock:
            return self.count


async def states(first: Counter, second: Counter) -> tuple[int, int]:
    return await first.state(), await second.state()  # right: sequential-awaits


async def in_thread(listener: object) -> None:
    await asyncio.to_thread(cast("Callable[[], None]", listener))  # right: pointless-async


async def main() -> None:
    time.sleep(0.2)  # accept: blocking-call
    feed = NetworkFeed()
    await feed.start()
    worker = asyncio.create_task(feed.work())
    time.sleep(0.1)  # expect: blocking-call
    await feed.refresh()  # accept: sequential-awaits
    feed.is_stopping = True
    await worker
    print(await convert(Job()))  # accept: sequential-awaits
    print(await names())  # accept: sequential-awaits
    print(await one_by_one(feed.ask_somebody))  # accept: sequential-awaits
    print(await judge({"words": Words(), "links": Links()}))  # accept: sequential-awaits
    print(await states(Counter(), Counter()))  # accept: sequential-awaits
    await in_thread(list)


asyncio.run(main())
