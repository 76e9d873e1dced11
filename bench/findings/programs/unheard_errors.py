"""Tasks that fail, and who hears of it."""
# how: simulate --cost none --world world.toml

import asyncio


async def load(name: str) -> str:
    await asyncio.sleep(0.1)
    if name == "bad":
        raise OSError(name)
    return name


def report(task: asyncio.Task[str]) -> None:
    if not task.cancelled() and task.exception():
        print("failed:", task.exception())


async def unheard(names: list[str]) -> int:
    tasks = {asyncio.create_task(load(name)) for name in names}  # expect: exception-never-retrieved=unheard
    done, _ = await asyncio.wait(tasks)  # expect: exception-never-retrieved=unheard
    return len(done)


async def heard(names: list[str]) -> list[str]:
    tasks = {asyncio.create_task(load(name)) for name in names}
    done, _ = await asyncio.wait(tasks)  # right: exception-never-retrieved
    return [task.result() for task in done if not task.exception()]


async def called_back(name: str) -> None:
    task = asyncio.create_task(load(name))  # right: exception-never-retrieved
    task.add_done_callback(report)
    await asyncio.sleep(0.2)


async def kept_only(name: str) -> None:
    task = asyncio.create_task(load(name))  # expect: exception-never-retrieved
    await asyncio.sleep(0.2)
    print(task.done())


async def as_they_come(names: list[str]) -> list[str]:
    found = []
    for first in asyncio.as_completed([load(name) for name in names]):
        try:
            found.append(await first)  # right: sequential-awaits, exception-never-retrieved
        except OSError:
            print("one failed")
    return found


async def main() -> None:
    names = ["a", "bad", "c"]
    await unheard(names)  # accept: sequential-awaits
    await heard(names)  # accept: sequential-awaits
    await called_back("bad")  # accept: sequential-awaits
    await kept_only("bad")  # accept: sequential-awaits
    await as_they_come(names)  # accept: sequential-awaits


asyncio.run(main())
