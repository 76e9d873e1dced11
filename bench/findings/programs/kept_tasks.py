"""Tasks that somebody keeps, in many ways, and those that nobody does."""
# how: simulate --cost none --world world.toml

import asyncio as aio
from functools import partial


async def job(number: int) -> int:
    await aio.sleep(0.01 * number)
    return number


class Runner:
    def __init__(self) -> None:
        self.current: aio.Task[int] | None = None
        self.named: dict[str, aio.Task[int]] = {}

    def begin(self) -> None:
        self.current = aio.create_task(job(1))  # right: lost-task, exception-never-retrieved

    def begin_named(self, name: str) -> aio.Task[int]:
        return self.named.setdefault(name, aio.create_task(job(2)))  # right: lost-task

    def begin_unkept(self) -> None:
        loop = aio.get_running_loop()
        loop.create_task(job(3))  # expect: lost-task

    async def end(self) -> None:
        if self.current is not None:
            await self.current
        for task in self.named.values():
            await task  # right: sequential-awaits


def start(number: int) -> aio.Task[int]:
    return aio.create_task(job(number))  # right: lost-task


async def branches(flag: bool) -> int:
    task = aio.create_task(job(4))  # right: lost-task, exception-never-retrieved
    if flag:
        return await task
    task.cancel()
    return 0


async def listed() -> None:
    [aio.create_task(job(one)) for one in range(3)]  # expect: lost-task
    await aio.sleep(0.1)


async def gathered_later() -> list[int]:
    both = aio.gather(job(1), job(2))  # right: never-awaited, lost-task
    await aio.sleep(0.001)
    return await both


async def gathered_never() -> None:
    aio.gather(job(1), job(2))  # expect: lost-task
    await aio.sleep(0.1)


async def started_elsewhere() -> None:
    start(5)  # expect: lost-task
    await aio.sleep(0.1)


async def from_callback() -> None:
    loop = aio.get_running_loop()
    loop.call_soon(partial(start, 6))  # accept: lost-task
    await aio.sleep(0.1)


async def main() -> None:
    runner = Runner()
    runner.begin()
    runner.begin_named("a")
    runner.begin_unkept()
    await runner.end()  # accept: sequential-awaits
    await branches(flag=True)  # accept: sequential-awaits
    await branches(flag=False)  # accept: sequential-awaits
    await listed()  # accept: sequential-awaits
    await gathered_later()  # accept: sequential-awaits
    await gathered_never()  # accept: sequential-awaits
    await started_elsewhere()  # accept: sequential-awaits
    await from_callback()  # accept: sequential-awaits


aio.run(main())
