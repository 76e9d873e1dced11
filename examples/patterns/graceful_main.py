"""A main function that ends well when it is interrupted.

What it shows: `asyncio.run` turns Ctrl-C into the cancellation of the main task. `finally` blocks
run, may even wait, and the tasks that are left are cancelled too, before `KeyboardInterrupt` comes
out of `asyncio.run`. Catch it there, around the loop, and end with the usual code 130.

What a newcomer expects: that `except KeyboardInterrupt` belongs into the coroutine. Since Python
3.11 what arrives at the `await` is `CancelledError` (unless somebody presses Ctrl-C twice).

What it prints: two pieces of work, the interrupt at 0.3 s (the program sends it to itself), and the
cleaning up of both tasks. The exit code is 130.
"""

import asyncio
import signal
import sys


async def write_journal() -> None:
    """Keep a journal open, and close it properly whatever happens."""
    print("  journal: open")
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0.1)  # <- waiting is allowed here
        print("  journal: closed")


async def work() -> None:
    """Do five pieces of work, and put the tools away whatever happens."""
    try:
        for number in range(1, 6):
            print(f"  work: piece {number}")
            await asyncio.sleep(0.2)
    finally:
        print("  work: tools put away")


async def main() -> None:
    """Work with a journal beside; somebody presses Ctrl-C after 0.3 s."""
    asyncio.get_running_loop().call_later(0.3, signal.raise_signal, signal.SIGINT)
    async with asyncio.TaskGroup() as group:
        journal = group.create_task(write_journal())
        await work()
        journal.cancel()


if __name__ == "__main__":
    # A shell lets programs that it starts in the background ignore Ctrl-C; this one should hear it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        print("interrupted, and everything is in order")
        sys.exit(128 + signal.SIGINT)
