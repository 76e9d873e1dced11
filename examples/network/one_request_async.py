"""One request through an event loop.

What it shows: `one_request_sync.py` written for asyncio. It has more lines, a loop, a client to
close, and takes just as long. It is the right form inside a program that runs a loop already, such
as a server: there the wait is a chance for everybody else.

What a newcomer expects: that `async` makes the request faster.

What it prints: the answer and 0.1 s. `loopscope show` has one task with one wait.

    python examples/network/slow_api.py python examples/network/one_request_async.py
    loopscope simulate --world examples/worlds/api.toml examples/network/one_request_async.py

Needs httpx (`pip install httpx`).
"""

import asyncio
import sys
import time

import httpx


async def main(base_url: str) -> None:
    """Ask for one price."""
    async with httpx.AsyncClient(base_url=base_url) as client:
        started_s = time.perf_counter()
        response = await client.get("/prices/lamp")  # <- waits
        response.raise_for_status()
        elapsed_s = time.perf_counter() - started_s
    print(f"lamp: {response.json()['cents']} cents")
    print(f"total {elapsed_s:.1f} s")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:] or ["http://api.example.com"]))
