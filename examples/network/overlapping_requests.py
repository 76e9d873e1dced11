"""Five requests under `gather` with a client written for asyncio: they overlap.

What it shows: `blocking_requests.py` with one change that matters: `await client.get` hands the
wait to the loop. All five requests are under way before the first answer is there.

What a newcomer expects, after having seen the blocking one: that this needs five threads. It is one
thread and five open connections.

What it prints: five "asks" and a total of 0.1 s.

    python examples/network/slow_api.py python examples/network/overlapping_requests.py
    loopscope simulate --world examples/worlds/api.toml examples/network/overlapping_requests.py

Needs httpx (`pip install httpx`).
"""

import asyncio
import sys
import time

import httpx

ARTICLES = ["lamp", "chair", "table", "shelf", "mirror"]


async def fetch_price(client: httpx.AsyncClient, article: str) -> int:
    """Ask for one price, in cents."""
    print(f"  {article}: asks")
    response = await client.get(f"/prices/{article}")  # <- waits, and lets the others go on
    response.raise_for_status()
    return int(response.json()["cents"])


async def main(base_url: str) -> None:
    """Ask for five prices at the same time."""
    async with httpx.AsyncClient(base_url=base_url) as client:
        started_s = time.perf_counter()
        prices = await asyncio.gather(*(fetch_price(client, article) for article in ARTICLES))
        elapsed_s = time.perf_counter() - started_s
    print(f"{len(prices)} prices, {sum(prices)} cents together")
    print(f"total {elapsed_s:.1f} s")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:] or ["http://api.example.com"]))
