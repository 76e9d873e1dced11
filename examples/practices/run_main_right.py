"""Practice: let `asyncio.run` end your program. Right: it cancels what is left and waits for it.

What it shows: before `asyncio.run` returns or raises, it cancels every task that is left and lets
its `finally` run. The error ends the program as an error should: with a message and a code.

What it prints: "journal: closed" before the error. Exit code 1. Compare `run_main_wrong.py`.
"""

import asyncio
import sys


async def keep_journal() -> None:
    """Keep a journal open as long as the program runs."""
    print("  journal: open")
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0.1)  # writes the last lines
        print("  journal: closed")


async def main() -> None:
    """Work beside the journal, and fail."""
    journal = asyncio.create_task(keep_journal(), name="journal")
    await asyncio.sleep(0.1)
    raise ValueError(f"no work for {journal.get_name()}")


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except ValueError as error:
        print(f"error: {error}")
        sys.exit(1)
