"""Comments that say what the program does not do."""
# how: simulate --cost crunch=0.3s --latency 100ms

import asyncio

import requests


def crunch(number: int) -> int:
    return number * number


async def square(number: int) -> int:
    return crunch(number)  # expect: computing-on-loop


async def squares() -> list[int]:
    # The three squares are computed in parallel on several cores.  expect: false-claim
    return await asyncio.gather(*(square(number) for number in range(3)))  # accept: pointless-async


async def fetched() -> list[int]:
    """Fetch both pages in parallel."""  # expect: false-claim
    pages = await asyncio.gather(fetch("a"), fetch("b"))  # accept: pointless-async
    return [len(page) for page in pages]


async def fetch(name: str) -> bytes:
    # runs in a separate thread  expect: false-claim
    return requests.get(f"http://{name}.test/", timeout=3).content  # expect: blocking-call


async def waited(seconds: float) -> float:
    await asyncio.sleep(seconds)
    return seconds


async def naps() -> list[float]:
    # These naps run concurrently.  right: false-claim
    return await asyncio.gather(waited(0.2), waited(0.3))


async def offloaded() -> bytes:
    # In a thread of its own, so that the loop goes on.  right: false-claim
    answer = await asyncio.to_thread(requests.get, "http://c.test/", timeout=3)
    return answer.content


async def main() -> None:
    await asyncio.gather(squares(), fetched(), naps(), offloaded())


asyncio.run(main())
