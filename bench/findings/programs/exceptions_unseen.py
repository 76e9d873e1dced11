"""Tasks that fail and are never asked."""
# how: simulate --cost none

import asyncio

TASKS: list[asyncio.Task[int]] = []


async def parse(text: str) -> int:
    await asyncio.sleep(0.02)
    return int(text)


async def first() -> None:
    TASKS.append(asyncio.create_task(parse("x")))  # expect: exception-never-retrieved
    await asyncio.sleep(0.1)


async def second() -> None:
    tasks = [asyncio.create_task(parse(text)) for text in ("1", "y")]  # expect: exception-never-retrieved
    await asyncio.wait(tasks)


async def third() -> int:
    task = asyncio.create_task(parse("z"))  # right: exception-never-retrieved
    await asyncio.wait([task])
    return 0 if task.exception() else task.result()


async def fourth() -> int:
    tasks = [asyncio.create_task(parse(text)) for text in ("1", "w")]  # right: exception-never-retrieved
    total = 0
    for task in asyncio.as_completed(tasks):
        try:
            total += await task
        except ValueError:
            total -= 1
    return total


class Poller:
    def __init__(self) -> None:
        self.task: asyncio.Task[int] | None = None

    async def run(self) -> None:
        self.task = asyncio.create_task(parse("q"))  # expect: exception-never-retrieved
        await asyncio.sleep(0.1)


async def main() -> None:
    await asyncio.gather(first(), second(), third(), fourth(), Poller().run())


asyncio.run(main())
