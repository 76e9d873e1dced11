"""The deadlock, put right: locks are always taken in the order of their names."""

import asyncio

from asking import ask

accounts = {"anna": asyncio.Lock(), "bert": asyncio.Lock()}


async def transfer(source: str, target: str, delay_s: float) -> None:
    """Move money from one account to the other while both are locked."""
    await asyncio.sleep(delay_s)
    first, second = sorted([source, target])
    async with accounts[first]:
        await ask("limits.example.com", first)
        async with accounts[second]:
            await ask("limits.example.com", second)


async def main() -> None:
    """A transfer there, and one back when the first is usually done."""
    await asyncio.gather(transfer("anna", "bert", 0), transfer("bert", "anna", 0.015))


asyncio.run(main())
