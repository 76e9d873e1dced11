"""Waits for an event, a condition, a semaphore and a barrier, one kind after the other."""

import asyncio


async def use_event() -> None:
    """Two tasks wait until a third sets the event."""
    event = asyncio.Event()

    async def wait() -> None:
        await event.wait()  # <- waits for the event

    async def set_it() -> None:
        await asyncio.sleep(0.05)
        event.set()  # <- sets the event

    async with asyncio.TaskGroup() as group:
        group.create_task(wait(), name="event-waiter-0")
        group.create_task(wait(), name="event-waiter-1")
        group.create_task(set_it(), name="event-setter")
    print("event: both waiters went on")


async def use_condition() -> None:
    """Two tasks wait for a condition; a third notifies one, and later the other."""
    condition = asyncio.Condition()

    async def wait(number: int) -> None:
        async with condition:
            await condition.wait()  # <- waits for the condition
            print(f"condition: waiter {number} went on")

    async def notify() -> None:
        for _ in range(2):
            await asyncio.sleep(0.05)
            async with condition:
                condition.notify()  # <- notifies one

    async with asyncio.TaskGroup() as group:
        group.create_task(wait(0), name="condition-waiter-0")
        group.create_task(wait(1), name="condition-waiter-1")
        group.create_task(notify(), name="notifier")


async def use_semaphore() -> None:
    """Four tasks share two places."""
    semaphore = asyncio.Semaphore(2)

    async def work() -> None:
        async with semaphore:  # <- waits for the semaphore
            await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as group:
        for number in range(4):
            group.create_task(work(), name=f"semaphore-worker-{number}")
    print("semaphore: four workers, two at a time")


async def use_barrier() -> None:
    """Three tasks arrive one after the other and go on together."""
    barrier = asyncio.Barrier(3)

    async def arrive(number: int) -> None:
        await asyncio.sleep(0.02 * number)
        await barrier.wait()  # <- waits for the barrier

    async with asyncio.TaskGroup() as group:
        for number in range(1, 4):
            group.create_task(arrive(number), name=f"arrival-{number}")
    print("barrier: three arrivals went on together")


async def main() -> None:
    """Use each kind in turn."""
    await use_event()
    await use_condition()
    await use_semaphore()
    await use_barrier()


if __name__ == "__main__":
    asyncio.run(main())
