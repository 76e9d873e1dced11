"""Tasks that nobody keeps, and tasks that somebody does."""
# how: simulate --cost none

import asyncio

KEPT: set[asyncio.Task[None]] = set()


async def audit(text: str) -> None:
    await asyncio.sleep(0.05)
    print("audit", text)


class Service:
    def __init__(self) -> None:
        self.pinger: asyncio.Task[None] | None = None

    def start(self) -> None:
        asyncio.create_task(self.ping())  # expect: lost-task

    def start_well(self) -> None:
        self.pinger = asyncio.create_task(self.ping())  # right: lost-task

    async def ping(self) -> None:
        await asyncio.sleep(0.1)


async def signed_up(name: str) -> str:
    asyncio.create_task(audit(name))  # expect: lost-task
    return name


async def signed_out(name: str) -> str:
    asyncio.ensure_future(audit(name))  # expect: lost-task
    return name


async def removed(name: str) -> str:
    loop = asyncio.get_running_loop()
    loop.create_task(audit(name))  # expect: lost-task
    return name


async def renamed(name: str) -> str:
    task = asyncio.create_task(audit(name))  # expect: lost-task
    return name.upper()


async def signed_up_well(name: str) -> str:
    task = asyncio.create_task(audit(name))  # right: lost-task
    KEPT.add(task)
    task.add_done_callback(KEPT.discard)
    return name


async def grouped(name: str) -> str:
    async with asyncio.TaskGroup() as group:
        group.create_task(audit(name))  # right: lost-task
    return name


async def awaited(name: str) -> str:
    await asyncio.create_task(audit(name))  # right: lost-task
    return name


async def main() -> None:
    service = Service()
    service.start()
    service.start_well()
    await signed_up("a")
    await signed_out("b")
    await removed("c")
    await renamed("d")
    await signed_up_well("e")
    await grouped("f")
    await awaited("g")
    await asyncio.sleep(0.3)


asyncio.run(main())
