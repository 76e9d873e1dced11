"""Running a loop by hand with `asyncio.Runner`: it moves only while somebody runs it.

What it shows: a `Runner` keeps one loop over several calls of `run`. A task that one call has left
behind stands still between the calls: no time that passes there moves it. Leaving the `with` block
cancels what is left, lets it clean up, and closes the loop. Making a loop with `new_event_loop`
leaves all of that to you.

What a newcomer expects: that a background task goes on counting "in the background" once it has
been created, also while the program does something else. Nothing runs but through the loop.

What it prints: two counts in the first run, none while 0.3 s pass in between, two in the second.
"""

import asyncio
import itertools
import time

Counter = asyncio.Task[None]


async def count() -> None:
    """Count until cancelled, then clean up."""
    try:
        for number in itertools.count(1):
            print(f"  counter: {number}")
            await asyncio.sleep(0.2)
    finally:
        await asyncio.sleep(0.1)  # cleaning up may wait as well
        print("  counter: cleaned up")


async def begin() -> Counter:
    """Create the counter and stay for a while."""
    counter = asyncio.create_task(count(), name="counter")
    print("first run: counter created, it has not begun")
    await asyncio.sleep(0.3)
    print("first run: over")
    return counter


async def go_on() -> None:
    """Give the counter some more time."""
    print("second run: begins")
    await asyncio.sleep(0.3)
    print("second run: over")


def main() -> None:
    """Run the same loop twice, with a pause in between."""
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        counter = runner.run(begin())
        print("in between: nobody runs the loop for 0.3 s")
        time.sleep(0.3)  # <- nothing moves
        runner.run(go_on())
        print("leaving the block: what is left is cancelled")
    print(f"counter cancelled: {counter.cancelled()}, loop closed: {loop.is_closed()}")


if __name__ == "__main__":
    main()
