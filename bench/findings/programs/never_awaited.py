"""Coroutines that were called and never run."""
# how: simulate --cost none

import asyncio


class Door:
    def __init__(self) -> None:
        self.is_open = False

    async def open(self) -> None:
        await asyncio.sleep(0.05)
        self.is_open = True

    async def close(self) -> None:
        await asyncio.sleep(0.05)
        self.is_open = False

    async def is_locked(self) -> bool:
        await asyncio.sleep(0.01)
        return False

    def start(self) -> "asyncio.Task[None]":
        return asyncio.create_task(self.open())  # right: never-awaited


async def notify(text: str) -> str:
    await asyncio.sleep(0.05)
    return text


async def pass_through(door: Door) -> None:
    door.open()  # expect: never-awaited
    await asyncio.sleep(0.05)
    await door.close()


async def guarded(door: Door) -> str:
    if door.is_locked():  # expect: never-awaited
        return "locked"
    return "free"


async def told() -> None:
    answer = notify("first")  # expect: never-awaited
    print("told", answer is not None)  # accept: never-awaited


async def pause() -> None:
    for _ in range(3):
        asyncio.sleep(0.01)  # expect: never-awaited


async def all_told() -> list[str]:
    waiting = [notify(text) for text in ("a", "b")]  # right: never-awaited
    return await asyncio.gather(*waiting)


async def handed_on() -> str:
    later = notify("later")  # right: never-awaited
    return await asyncio.wait_for(later, 1)


def message() -> "asyncio.Future[str]":
    return notify("returned")  # right: never-awaited


async def main() -> None:
    door = Door()
    async with asyncio.TaskGroup() as group:
        group.create_task(pass_through(door))
        group.create_task(guarded(door))
        group.create_task(told())
        group.create_task(pause())
        group.create_task(all_told())
        group.create_task(handed_on())
        group.create_task(message())
    started = door.start()
    await started


asyncio.run(main())
