"""A coroutine calls `sys.exit(3)` while another task is suspended."""

import asyncio
import sys


async def give_up() -> None:
    """Print some last words and exit."""
    print("some last words")
    sys.exit(3)  # <- exits


async def main() -> None:
    """Exit from the middle of the program."""
    bystander = asyncio.create_task(asyncio.sleep(60), name="bystander")
    await asyncio.sleep(0.05)
    await give_up()
    await bystander


if __name__ == "__main__":
    asyncio.run(main())
