"""Two `asyncio.run` one after the other; blocking between them holds no loop."""

import asyncio
import time


async def nap(duration_s: float) -> None:
    """Wait."""
    await asyncio.sleep(duration_s)


async def main(loop_name: str, duration_s: float) -> None:
    """Wait in a task of its own."""
    await asyncio.create_task(nap(duration_s), name=f"nap-{loop_name}")
    print(f"{loop_name} loop has ended")


if __name__ == "__main__":
    asyncio.run(main("first", 0.1))
    time.sleep(0.15)  # <- blocks while there is no loop
    asyncio.run(main("second", 0.2))
