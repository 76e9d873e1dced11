"""A deadlock: two transfers take the same two locks in opposite order."""

import asyncio

from asking import ask

accounts = {"anna": asyncio.Lock(), "bert": asyncio.Lock()}


async def transfer(source: str, target: str, delay_s: float) -> None:
    """Move money from one account to the other while both are locked."""
    await asyncio.sleep(delay_s)
    async with accounts[source]:
        await ask("limits.example.com", source)
        async with accounts[target]:
            await ask("limits.example.com", target)


async def main() -> None:
    """A transfer there, and one back when the first is usually done."""
    await asyncio.gather(transfer("anna", "bert", 0), transfer("bert", "anna", 0.015))


asyncio.run(main())
