"""Practice: let `asyncio.run` end your program. Wrong: a loop by hand, and errors printed away.

What it shows: `run_until_complete` returns when its own coroutine has ended and leaves everything
else as it is. The journal is still open, and closing the loop takes away what its `finally` waits
for. The error is printed, and the exit code says that all went well.

What it prints: the error, but no "journal closed"; asyncio complains on standard error that a
pending task was destroyed. Exit code 0. Compare `run_main_right.py`.
"""

import asyncio


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
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(main())
    except Exception as error:  # noqa: BLE001 - this is the mistake shown
        print(f"error: {error}")
    finally:
        loop.close()  # <- with the journal still open
    print("the end")
