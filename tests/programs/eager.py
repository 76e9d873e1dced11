"""Eager tasks (Python 3.12 and newer): their first step runs inside the step that makes them.

One ends in that first step, one suspends, and one makes two others and wakes them before it ends.
"""

import asyncio
import sys


async def at_once() -> str:
    """End without ever having been in the ready queue."""
    return "ended at once"


async def later() -> str:
    """Begin at once, end later."""
    await asyncio.sleep(0.05)  # <- waits for its timer
    return "ended later"


async def wait_for_gate(gate: asyncio.Event, number: int) -> str:
    """Wait until the gate is open."""
    await gate.wait()  # <- waits for the gate
    return f"passenger {number} went through"


async def open_gate() -> list[asyncio.Task[str]]:
    """Make two passengers, who begin at once and wait, then let them through."""
    gate = asyncio.Event()
    passengers = [
        asyncio.create_task(wait_for_gate(gate, number), name=f"passenger-{number}")
        for number in range(2)
    ]
    gate.set()  # <- wakes the passengers
    return passengers


async def main() -> None:
    """Make the tasks and print which of them have ended already."""
    first = asyncio.create_task(at_once(), name="at-once")
    second = asyncio.create_task(later(), name="later")
    opener = asyncio.create_task(open_gate(), name="opener")
    for task in (first, second, opener):
        print(f"{task.get_name()}: {'done' if task.done() else 'not done'} after create_task")
    for passenger in await opener:
        print(f"{passenger.get_name()}: {await passenger}")
    print(f"{first.get_name()}: {await first}")
    print(f"{second.get_name()}: {await second}")


if __name__ == "__main__":
    if sys.version_info >= (3, 12):
        with asyncio.Runner() as runner:
            runner.get_loop().set_task_factory(asyncio.eager_task_factory)
            runner.run(main())
    else:
        sys.exit("Eager tasks need Python 3.12 or newer.")
