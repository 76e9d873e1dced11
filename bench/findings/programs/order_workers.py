"""Workers behind a queue, with tasks that nobody keeps beside those that are kept."""
# how: run

import asyncio
import contextlib
from asyncio import Queue, create_task, ensure_future


class Shop:
    def __init__(self) -> None:
        self.orders: Queue[int] = Queue()
        self.background: set[asyncio.Task[None]] = set()
        self.workers: list[asyncio.Task[None]] = []

    async def worker(self) -> None:
        while True:
            order = await self.orders.get()  # right: no-timeout
            await asyncio.sleep(0.005 * order)
            self.orders.task_done()

    async def mail(self, order: int) -> None:
        await asyncio.sleep(0.01)
        print("mailed", order)

    def start(self) -> None:
        self.workers = [create_task(self.worker()) for _ in range(3)]  # right: lost-task

    async def accept(self, order: int) -> None:
        await self.orders.put(order)  # right: never-awaited
        ensure_future(self.mail(order))  # expect: lost-task

    async def accept_well(self, order: int) -> None:
        self.orders.put_nowait(order)
        task = create_task(self.mail(order))  # right: lost-task
        self.background.add(task)
        task.add_done_callback(self.background.discard)

    async def accept_oddly(self, order: int) -> None:
        _ = asyncio.get_running_loop().create_task(self.mail(order))  # expect: lost-task
        self.orders.put(order)  # expect: never-awaited

    async def stop(self) -> None:
        await self.orders.join()  # right: no-timeout
        for worker in self.workers:
            worker.cancel()
        for worker in self.workers:
            with contextlib.suppress(asyncio.CancelledError):  # right: swallowed-cancellation
                await worker  # right: sequential-awaits


async def main() -> None:
    shop = Shop()
    shop.start()
    for number in range(4):
        await shop.accept(number)  # right: sequential-awaits
        await shop.accept_well(number)  # accept: sequential-awaits
    await shop.accept_oddly(5)  # accept: sequential-awaits
    await shop.stop()  # accept: sequential-awaits
    await asyncio.sleep(0.05)  # accept: sequential-awaits


asyncio.run(main())
