"""Practice: close what you open. Wrong: a client for every call, closed when all goes well.

What it shows: `aclose` at the end of a function is reached only if nothing is raised before it.
The article "ghost" is answered with 404, `raise_for_status` raises, and that client stays open. A
client for each call also connects anew each time.

What it prints: three clients made, one of them still open at the end. Compare
`close_clients_right.py`.

    python examples/network/slow_api.py python examples/practices/close_clients_wrong.py
    loopscope simulate --world examples/worlds/api.toml examples/practices/close_clients_wrong.py

Needs httpx (`pip install httpx`).
"""

import asyncio
import sys

import httpx

MADE: list[httpx.AsyncClient] = []


async def fetch_price(base_url: str, article: str) -> int:
    """Fetch one price, in cents, with a client of its own."""
    client = httpx.AsyncClient(base_url=base_url)
    MADE.append(client)
    response = await client.get(f"/prices/{article}")
    response.raise_for_status()  # <- may leave the function
    await client.aclose()  # <- then this is not reached
    return int(response.json()["cents"])


async def main(base_url: str) -> None:
    """Fetch three prices, one of which does not exist."""
    for article in ("lamp", "ghost", "chair"):
        try:
            print(f"  {article}: {await fetch_price(base_url, article)} cents")
        except httpx.HTTPStatusError as error:
            print(f"  {article}: status {error.response.status_code}")
    still_open = [client for client in MADE if not client.is_closed]
    print(f"{len(MADE)} clients made, {len(still_open)} still open")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:] or ["http://api.example.com"]))
