"""Coroutine functions given to those who only call: the loop's timers, threads, callbacks."""
# how: simulate --cost none

import asyncio
import functools


class Session:
    """A session that is to end by itself."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.open = True
        self.tasks: set[asyncio.Task] = set()

    async def close(self) -> None:
        await asyncio.sleep(0.01)
        self.open = False

    def close_soon(self) -> None:
        task = asyncio.create_task(self.close())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def expire(self) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(0.05, self.close)  # expect: never-awaited

    async def expire_right(self) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(0.05, self.close_soon)  # right: never-awaited


async def audit(name: str) -> str:
    await asyncio.sleep(0.01)
    return name.upper()


async def note(text: str, task: asyncio.Task) -> None:
    await asyncio.sleep(0.01)
    print(text, task.result())


def tell(text: str, task: asyncio.Task) -> None:
    print(text, task.result())


async def audited(name: str) -> str:
    task = asyncio.create_task(audit(name))
    task.add_done_callback(functools.partial(note, "done:"))  # expect: never-awaited
    return await task


async def audited_right(name: str) -> str:
    task = asyncio.create_task(audit(name))
    task.add_done_callback(functools.partial(tell, "done:"))  # right: never-awaited
    return await task


async def in_thread(name: str) -> object:
    return await asyncio.to_thread(audit, name)  # expect: never-awaited


async def in_thread_right(name: str) -> str:
    return await asyncio.to_thread(asyncio.run, audit(name))  # right: never-awaited


async def main() -> None:
    session, other = Session("a"), Session("b")
    async with asyncio.TaskGroup() as group:
        group.create_task(session.expire())
        group.create_task(other.expire_right())
        group.create_task(audited("c"))
        group.create_task(audited_right("d"))
    print(type(await in_thread("e")).__name__)
    await asyncio.sleep(0.2)
    print(session.open, other.open)


asyncio.run(main())
