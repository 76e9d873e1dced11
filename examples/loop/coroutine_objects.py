"""What calling a coroutine function gives, and the ways to run that.

What it shows: calling an `async def` function runs nothing, it gives a coroutine object. Something
has to drive the object: `asyncio.run` from outside a loop, `await` in the same task, or a task of
its own. One object can be driven once.

What a newcomer expects: that the call runs the body; that every `await` lets others run (one that
finds nothing to wait for goes straight on); that a coroutine nobody awaits runs later, somehow
(it never does, and Python warns about it when the object goes).

What it prints: each fact as it is found. The warning for the forgotten one goes to standard error.
"""

import asyncio


def plain() -> str:
    """Run at once, as every function does."""
    print("  plain runs")
    return "plain result"


async def later() -> str:
    """Run when something drives it."""
    print("  later runs")
    await asyncio.sleep(0.1)
    return "later result"


async def nothing_to_wait_for() -> str:
    """Return without ever waiting."""
    return "quick result"


async def ways_inside_a_loop() -> None:
    """Drive coroutine objects from inside a running loop."""
    print("2. await, in this task")
    print(f"  {await later()}")

    print("3. a task of its own")
    task = asyncio.create_task(later())
    print("  created, has not begun")
    print(f"  {await task}")

    print("await does not always wait")
    task = asyncio.create_task(later())
    print(f"  {await nothing_to_wait_for()}: the task has still not begun")
    await task


def main() -> None:
    """Call, run, run again, and forget."""
    print("calling a function")
    print(f"  {plain()}")

    print("calling a coroutine function")
    coroutine = later()
    print(f"  gives a {type(coroutine).__name__}, and nothing has run")

    print("1. asyncio.run, from outside")
    print(f"  {asyncio.run(coroutine)}")

    print("the same object once more")
    try:
        asyncio.run(coroutine)
    except RuntimeError as error:
        print(f"  {error}")

    asyncio.run(ways_inside_a_loop())

    print("calling and forgetting")
    later()  # type: ignore[unused-coroutine]  # <- never runs
    print("  nothing has run")


if __name__ == "__main__":
    main()
