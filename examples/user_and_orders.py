"""A user and the user's orders, read in turn although neither needs the other.

What it shows: the everyday form of `sequential.py`. The code reads well from top to bottom, every
call is awaited, no test fails, and the page takes twice as long as it has to.

What a newcomer expects: that the event loop notices that the two reads are independent. It cannot:
`find_orders` has not even been called while the first `await` waits.

What loopscope will say: the total is 0.8 s, two waits of 0.4 s at the two marked lines, never both
open. The second call uses nothing that the first one gave, only `customer_id`, which was known from
the beginning: together they would take up to 0.4 s less.
"""

import asyncio
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class User:
    """Somebody who buys things."""

    user_id: int
    name: str


@dataclass(frozen=True)
class Order:
    """Something that was bought."""

    order_id: int
    article: str


@dataclass(frozen=True)
class Profile:
    """What the page about a user shows."""

    user: User
    orders: list[Order]


class UserRepository:
    """The table of users; the sleep stands for the database."""

    async def find_user(self, user_id: int) -> User:
        """Return the user with this number."""
        await asyncio.sleep(0.4)
        return User(user_id, "Ada")


class OrderRepository:
    """The table of orders; the sleep stands for another database."""

    async def find_orders(self, user_id: int) -> list[Order]:
        """Return the orders of the user with this number, oldest first."""
        await asyncio.sleep(0.4)
        return [Order(user_id * 100 + 1, "lamp"), Order(user_id * 100 + 2, "chair")]


async def load_profile(customer_id: int, users: UserRepository, orders: OrderRepository) -> Profile:
    """Read both parts of a profile and put them together."""
    user = await users.find_user(customer_id)  # <- waits in turn
    bought = await orders.find_orders(customer_id)  # <- waits in turn
    return Profile(user, bought)


async def main() -> None:
    """Load one profile and print it with the time it took."""
    started_s = time.perf_counter()
    profile = await load_profile(7, UserRepository(), OrderRepository())
    elapsed_s = time.perf_counter() - started_s
    articles = ", ".join(order.article for order in profile.orders)
    print(f"{profile.user.name} bought: {articles}")
    print(f"total {elapsed_s:.1f} s; the longer of the two reads is 0.4 s")


if __name__ == "__main__":
    asyncio.run(main())
