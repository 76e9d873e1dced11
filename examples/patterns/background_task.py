"""`asyncio.create_task`: begin now, wait later, and hold on to the task.

What it shows: a task begins when the one that made it waits for the first time. From then on its
waits overlap with whatever the maker does before it awaits the result. The loop itself holds tasks
only weakly: keep a reference until they have ended.

What a newcomer expects: that `create_task` runs the coroutine up to its first `await`, there and
then; that creating a task and awaiting it in the next line gains something (it does not: that is
an `await` with extra steps).

What it prints: 0.3 s where a task of 0.3 s and work of 0.2 s overlap; 0.4 s where two tasks of 0.2
s are each awaited as soon as they are made.
"""

import asyncio
import time


async def load(name: str, takes_s: float) -> str:
    """Load something; the sleep stands for the network."""
    print(f"  {name}: begins")
    await asyncio.sleep(takes_s)
    print(f"  {name}: done")
    return name


async def begin_now_wait_later() -> None:
    """Work while a task waits."""
    print("begin now, wait later")
    picture = asyncio.create_task(load("picture", 0.3))
    print("  picture: created, has not begun")
    await asyncio.sleep(0.2)  # <- this function's own work; the picture loads meanwhile
    print("  own work: done")
    await picture


async def create_and_await_at_once() -> None:
    """Make tasks that overlap with nothing."""
    print("created and awaited at once")
    for name in ("text", "table"):
        await asyncio.create_task(load(name, 0.2))  # <- waits in turn


async def keep_until_they_end() -> None:
    """Begin tasks that nobody awaits one by one, without losing them."""
    print("kept in a set")
    kept: set[asyncio.Task[str]] = set()
    for number in (1, 2):
        task = asyncio.create_task(load(f"log {number}", number / 10))
        kept.add(task)
        task.add_done_callback(kept.discard)
    print(f"  {len(kept)} kept")
    await asyncio.wait(kept)
    await asyncio.sleep(0)  # the callbacks have their turn
    print(f"  {len(kept)} kept")


async def main() -> None:
    """Measure the three."""
    for way in (begin_now_wait_later, create_and_await_at_once, keep_until_they_end):
        started_s = time.perf_counter()
        await way()
        print(f"  total {time.perf_counter() - started_s:.1f} s")


if __name__ == "__main__":
    asyncio.run(main())
