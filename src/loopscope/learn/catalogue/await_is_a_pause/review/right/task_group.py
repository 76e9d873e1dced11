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
    async with asyncio.TaskGroup() as group:
        found = group.create_task(fetch_user(user))
        orders = group.create_task(fetch_orders(user))
    return {"user": found.result(), "orders": orders.result()}


if __name__ == "__main__":
    print(asyncio.run(profile(7)))
