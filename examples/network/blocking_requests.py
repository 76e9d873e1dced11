"""Five blocking requests under `gather`: they look concurrent and are not.

What it shows: `gather` is used as it should be, and still the requests go out one by one. The call
of `requests.get` keeps the thread, and the thread is all that the loop has. The `sleep(0)` before
it gives the others a turn, so all five say "asks" first; it changes the order, not the total.

What a newcomer expects: 0.1 s, because of `gather` and `await`.

What it prints: five "asks", five "has its answer", and a total of 0.5 s. loopscope names the line
that held the loop. `overlapping_requests.py` is the same with a client written for asyncio.

    python examples/network/slow_api.py python examples/network/blocking_requests.py
    loopscope simulate --world examples/worlds/api.toml examples/network/blocking_requests.py

Needs requests (`pip install requests`), which is not part of Python.
"""

import asyncio
import sys
import time

import requests

ARTICLES = ["lamp", "chair", "table", "shelf", "mirror"]


async def fetch_price(base_url: str, article: str) -> int:
    """Ask for one price, in cents."""
    print(f"  {article}: asks")
    await asyncio.sleep(0)  # lets the others begin, no more
    response = requests.get(f"{base_url}/prices/{article}", timeout=5)  # <- blocks
    response.raise_for_status()
    print(f"  {article}: has its answer")
    return int(response.json()["cents"])


async def main(base_url: str) -> None:
    """Ask for five prices "at the same time"."""
    started_s = time.perf_counter()
    prices = await asyncio.gather(*(fetch_price(base_url, article) for article in ARTICLES))
    elapsed_s = time.perf_counter() - started_s
    print(f"{len(prices)} prices, {sum(prices)} cents together")
    print(f"total {elapsed_s:.1f} s")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:] or ["http://api.example.com"]))
