"""An evening in a small restaurant."""

import asyncio


async def cook(dish: str) -> str:
    """Cook a dish; the kitchen takes half a second for it."""
    await asyncio.sleep(0.5)
    return f"{dish}, hot"


async def evening() -> list[str]:
    """Serve three tables."""
    pasta, salad = await asyncio.gather(cook("pasta"), cook("salad"))
    return [pasta, salad, await cook("soup")]


if __name__ == "__main__":
    print(asyncio.run(evening()))
