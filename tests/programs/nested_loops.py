"""A running loop waits for a thread in which another `asyncio.run` runs."""

import asyncio


async def inner() -> str:
    """Wait in the inner loop."""
    await asyncio.create_task(asyncio.sleep(0.1), name="inner-nap")  # <- waits in the inner loop
    return "inner loop has ended"


def run_inner() -> str:
    """Run a second loop to its end."""
    return asyncio.run(inner())


async def main() -> None:
    """Run the inner loop in a thread."""
    print(await asyncio.to_thread(run_inner))  # <- waits for the thread
    print("outer loop ends")


if __name__ == "__main__":
    asyncio.run(main())
