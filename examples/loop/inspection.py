"""Looking at a loop from inside: who is pending, and a timeout for all of them.

What it shows: `asyncio.all_tasks()` is the set of the tasks that have not ended, the one that asks
and `main` among them, so three monitors at work are four. `asyncio.timeout` cancels what is under
it when the time is over; the tasks it waits for through `gather` are cancelled as well.

What a newcomer expects: three pending tasks, not four, and that filtering the set by `done()` takes
something away (it never does: a task leaves the set when it ends).

What it prints: every look of a monitor with the number pending at that moment. The third monitor
would need 1.0 s; the timeout ends it at 0.5 s.
"""

import asyncio

LOOK_EVERY_S = 0.2
PATIENCE_S = 0.5


async def monitor(name: str, looks: int) -> str:
    """Look around again and again, and say how many tasks are pending."""
    try:
        for number in range(1, looks + 1):
            await asyncio.sleep(LOOK_EVERY_S)
            print(f"  {name}, look {number} of {looks}: {len(asyncio.all_tasks())} pending")
    except asyncio.CancelledError:
        print(f"  {name}: cancelled before look {number}")
        raise
    return name


async def main() -> None:
    """Start three monitors and wait for them, but not for ever."""
    loop = asyncio.get_running_loop()
    print(f"running: {loop.is_running()}, debug mode: {loop.get_debug()}")
    print(f"before: {len(asyncio.all_tasks())} pending")
    names = {"short": 1, "medium": 2, "long": 5}
    monitors = [asyncio.create_task(monitor(name, n), name=name) for name, n in names.items()]
    print(f"monitors created: {len(asyncio.all_tasks())} pending")
    started_s = loop.time()
    try:
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*monitors)
    except TimeoutError:
        print(f"timeout after {loop.time() - started_s:.1f} s")
    for task in monitors:
        print(f"  {task.get_name()}: {'cancelled' if task.cancelled() else 'complete'}")
    print(f"after: {len(asyncio.all_tasks())} pending")


if __name__ == "__main__":
    asyncio.run(main())
