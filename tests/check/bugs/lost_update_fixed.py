"""The lost update, put right: reading and writing are one step."""

import asyncio

from asking import ask

balance = 100


async def deposit(amount: int) -> None:
    """Add to the balance, and have the deposit audited."""
    global balance  # noqa: PLW0603  (shared state is what this is about)
    await ask("audit.example.com", f"deposit {amount}")
    balance += amount


async def later(amount: int) -> None:
    """Deposit 10 ms later, when the first deposit is usually done."""
    await asyncio.sleep(0.010)
    await deposit(amount)


async def main() -> None:
    """Two deposits; nothing may be lost."""
    await asyncio.gather(deposit(10), later(20))
    assert balance == 130, f"the balance is {balance}, 130 was paid in"


asyncio.run(main())
