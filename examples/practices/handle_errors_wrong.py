"""Practice: handle the errors you know. Wrong: everything becomes None.

What it shows: a bare `except` treats alike what is not: an article that does not exist, a mistake
in the program (the key is called "cents", not "price"), and the cancellation by the timeout.

What a newcomer expects: a robust program. It cannot fail any more, and neither can it work: nobody
learns that the key is wrong, and the timeout is never told.

What it prints: None for every article, the one that exists included. Compare
`handle_errors_right.py`.

    python examples/network/slow_api.py python examples/practices/handle_errors_wrong.py
    loopscope simulate --world examples/worlds/api.toml examples/practices/handle_errors_wrong.py

Needs httpx (`pip install httpx`).
"""

import asyncio
import sys

import httpx


async def fetch_price(client: httpx.AsyncClient, article: str) -> int | None:
    """Fetch one price, or None."""
    try:
        response = await client.get(f"/prices/{article}")
        return int(response.json()["price"])
    except:  # noqa: E722 - this is the mistake shown
        return None  # <- for every reason there is


async def main(base_url: str) -> None:
    """Fetch three prices, each within 0.8 s."""
    async with httpx.AsyncClient(base_url=base_url) as client:
        for article in ("lamp", "ghost", "clock"):
            try:
                async with asyncio.timeout(0.8):
                    print(f"  {article}: {await fetch_price(client, article)}")
            except TimeoutError:
                print(f"  {article}: no answer within the time")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:] or ["http://api.example.com"]))
