"""An order that only usually holds: results are kept as they arrive."""

import asyncio

from asking import ask

cities = ["Bern", "Oslo", "Rome"]
answers: list[str] = []


async def weather(city: str, delay_s: float) -> None:
    """Ask for the weather of a city, the hosts one after the other."""
    await asyncio.sleep(delay_s)
    answers.append(await ask(f"{city.lower()}.example.com", city))


async def main() -> None:
    """The answers belong to the cities in their order."""
    await asyncio.gather(*(weather(city, n * 0.010) for n, city in enumerate(cities)))
    assert answers == cities, f"{answers} are taken for {cities}"


asyncio.run(main())
