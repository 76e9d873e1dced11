"""Adds up a basket, once with tasks and once without."""

import asyncio

BASKET = [3, 5, 8, 13]


async def price(item: int) -> int:
    """Return the price of an item with tax."""
    return item * 2


async def with_tasks() -> int:
    """Make a task of every price."""
    return sum(await asyncio.gather(*map(price, BASKET)))


async def without_tasks() -> int:
    """Await one price after the other."""
    return sum([await price(item) for item in BASKET])


async def main() -> None:
    """Add up the basket in both ways."""
    print(f"with tasks: {await with_tasks()}")
    print(f"without tasks: {await without_tasks()}")


asyncio.run(main())
