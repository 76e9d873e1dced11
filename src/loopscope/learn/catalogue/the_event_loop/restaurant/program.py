"""One waiter serves three tables."""

import asyncio


async def serve(table: str, cooking: float, eating: float) -> None:
    """Take the order, bring the dish, take the money."""
    print(f"{table}: ordered")
    await asyncio.sleep(cooking)  # the kitchen cooks
    print(f"{table}: eats")
    await asyncio.sleep(eating)
    print(f"{table}: paid")


async def evening() -> None:
    """Serve all tables."""
    async with asyncio.TaskGroup() as group:
        group.create_task(serve("pasta", cooking=0.6, eating=0.5), name="pasta")
        group.create_task(serve("salad", cooking=0.2, eating=0.3), name="salad")
        group.create_task(serve("soup", cooking=0.3, eating=0.4), name="soup")


asyncio.run(evening())
