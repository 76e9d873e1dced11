"""An awaits' quiz: coroutines that are made and not run, and those that are run later."""
# how: run

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any


class Store:
    def __init__(self) -> None:
        self.rows: list[str] = []

    async def save(self, row: str) -> None:
        self.rows.append(row)

    def later(self, row: str) -> Coroutine[Any, Any, None]:
        return self.save(row)  # right: never-awaited

    async def close(self) -> None:
        await asyncio.sleep(0)


async def saved(store: Store) -> None:
    store.save("a")  # expect: never-awaited
    await store.save("b")
    await store.later("c")  # right: never-awaited
    store.later("d")  # expect: never-awaited


async def kept(store: Store) -> None:
    pending = store.save("e")  # right: never-awaited
    if len(store.rows) < 100:
        await pending
    jobs: list[Awaitable[None]] = [store.save("f"), store.save("g")]  # right: never-awaited
    await asyncio.gather(*jobs)


async def paused() -> None:
    asyncio.sleep(1)  # expect: never-awaited
    await asyncio.sleep(0)


async def locked(lock: asyncio.Lock) -> None:
    async with lock:
        await asyncio.sleep(0)
    event = asyncio.Event()
    event.set()
    event.wait()  # expect: never-awaited


async def true_or_not(store: Store) -> bool:
    if store.save("x"):  # expect: never-awaited
        return True
    return False


async def closing(store: Store) -> None:
    try:
        await store.save("z")
    finally:
        store.close()  # expect: never-awaited


async def main() -> None:
    store = Store()
    await saved(store)  # accept: sequential-awaits
    await kept(store)  # accept: sequential-awaits
    await paused()  # accept: sequential-awaits
    await locked(asyncio.Lock())  # accept: sequential-awaits
    await true_or_not(store)  # accept: sequential-awaits
    await closing(store)  # accept: sequential-awaits


asyncio.run(main())
