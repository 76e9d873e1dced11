"""An evening in a small restaurant."""

import asyncio


async def cook(dish: str) -> str:
    """Cook a dish; the kitchen takes half a second for it."""
    await asyncio.sleep(0.5)
    return f"{dish}, hot"


async def evening() -> list[str]:
    """Serve three tables."""
    # While the kitchen cooks the pasta, the waiter takes the next order.
    pasta = await cook("pasta")
    # Each dish is a task of its own now.
    salad = await cook("salad")
    # The waiter never stands about.
    soup = await cook("soup")
    return [pasta, salad, soup]


if __name__ == "__main__":
    print(asyncio.run(evening()))
