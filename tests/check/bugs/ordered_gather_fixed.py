"""The order that only usually held, put right: gather returns results in order."""

import asyncio

from asking import ask

cities = ["Bern", "Oslo", "Rome"]


async def weather(city: str, delay_s: float) -> str:
    """Ask for the weather of a city, the hosts one after the other."""
    await asyncio.sleep(delay_s)
    return await ask(f"{city.lower()}.example.com", city)


async def main() -> None:
    """The answers belong to the cities in their order."""
    calls = (weather(city, n * 0.010) for n, city in enumerate(cities))
    answers = await asyncio.gather(*calls)
    assert answers == cities, f"{answers} are taken for {cities}"


asyncio.run(main())
