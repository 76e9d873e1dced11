"""The leak on cancellation, put right: the connection is given back however it ends."""

import asyncio

from asking import ask

connections = asyncio.Semaphore(1)


async def query(statement: str) -> str:
    """Ask the database over the only connection."""
    async with connections:
        return await ask("database.example.com", statement)


async def main() -> None:
    """Three queries, each with its time limit; a query that was too slow is given up."""
    for number in range(3):
        try:
            await asyncio.wait_for(query(f"select {number}"), 0.100)
        except TimeoutError:
            continue
    async with connections:
        pass


asyncio.run(main())
