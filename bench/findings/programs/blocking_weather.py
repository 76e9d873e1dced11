"""A weather page that asks three services with a blocking client."""
# how: simulate --cost none --latency 200ms

import asyncio
import time

import requests

SESSION = requests.Session()


async def current(city: str) -> dict:
    answer = requests.get(f"http://now.weather.test/{city}", timeout=3)  # expect: blocking-call
    return answer.json()


async def forecast(city: str) -> dict:
    return SESSION.get(f"http://forecast.weather.test/{city}", timeout=3).json()  # expect: blocking-call


async def radar(city: str) -> dict:
    answer = await asyncio.to_thread(requests.get, f"http://radar.weather.test/{city}", timeout=3)  # right: blocking-call
    return answer.json()


async def settle() -> None:
    time.sleep(0.3)  # expect: blocking-call


async def breathe() -> None:
    await asyncio.sleep(0.3)  # right: blocking-call


async def beat() -> None:
    for _ in range(10):
        await asyncio.sleep(0.05)  # right: polling


async def main() -> None:
    await asyncio.gather(current("rome"), forecast("rome"), radar("rome"), settle(), breathe(), beat())


asyncio.run(main())
