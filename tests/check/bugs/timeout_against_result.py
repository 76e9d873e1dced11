"""A timeout against its result: what was given up as too late happens all the same."""

import asyncio

from asking import ask

paid: list[str] = []


async def pay(order: str) -> None:
    """Pay an order; the bank has done it when it answers."""
    await ask("bank.example.com", order)
    paid.append(order)


async def main() -> None:
    """Pay once, and once more if the answer is late; the first attempt may still come through."""
    attempt = asyncio.create_task(pay("order 7"))
    try:
        await asyncio.wait_for(asyncio.shield(attempt), 0.050)
    except TimeoutError:
        await pay("order 7")
        await attempt
    assert paid == ["order 7"], f"paid {len(paid)} times"


asyncio.run(main())
