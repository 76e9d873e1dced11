"""Four tasks, and how their lives go."""

import asyncio


async def quick() -> str:
    """Be over soon."""
    await asyncio.sleep(0.1)
    return "done"


async def clumsy() -> None:
    """Fail halfway."""
    await asyncio.sleep(0.2)
    raise ValueError("dropped it")


async def patient() -> None:
    """Wait for something that never comes."""
    await asyncio.Event().wait()


async def main() -> None:
    """Make three tasks, and see what becomes of them."""
    tasks = [
        asyncio.create_task(quick(), name="quick"),
        asyncio.create_task(clumsy(), name="clumsy"),
        asyncio.create_task(patient(), name="patient"),
    ]
    print("made:", [task.done() for task in tasks])
    await asyncio.sleep(0.3)
    tasks[2].cancel()
    print("after cancel:", [task.done() for task in tasks])
    results = await asyncio.gather(*tasks, return_exceptions=True)
    print("in the end:", [type(one).__name__ for one in results])


asyncio.run(main())
