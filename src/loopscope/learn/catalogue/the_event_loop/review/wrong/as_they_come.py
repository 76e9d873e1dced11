"""An evening in a small restaurant."""

import asyncio


async def cook(dish: str) -> str:
    """Cook a dish; the kitchen takes half a second for it."""
    await asyncio.sleep(0.5)
    return f"{dish}, hot"


async def evening() -> list[str]:
    """Serve three tables."""
    dishes = [cook("pasta"), cook("salad"), cook("soup")]
    served = [await dish for dish in asyncio.as_completed(dishes)]
    return sorted(served)[::-1]


if __name__ == "__main__":
    print(asyncio.run(evening()))
