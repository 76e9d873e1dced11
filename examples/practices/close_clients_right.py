"""Practice: close what you open. Right: one client for all calls, in an `async with`.

What it shows: the block closes the client however it is left, and all calls share its connections.

What it prints: one client made, none open at the end. Compare `close_clients_wrong.py`.

    python examples/network/slow_api.py python examples/practices/close_clients_right.py
    loopscope simulate --world examples/worlds/api.toml examples/practices/close_clients_right.py

Needs httpx (`pip install httpx`).
"""

import asyncio
import sys

import httpx

MADE: list[httpx.AsyncClient] = []


async def fetch_price(client: httpx.AsyncClient, article: str) -> int:
    """Fetch one price, in cents, with a client that belongs to somebody else."""
    response = await client.get(f"/prices/{article}")
    response.raise_for_status()
    return int(response.json()["cents"])


async def main(base_url: str) -> None:
    """Fetch three prices, one of which does not exist."""
    async with httpx.AsyncClient(base_url=base_url) as client:
        MADE.append(client)
        for article in ("lamp", "ghost", "chair"):
            try:
                print(f"  {article}: {await fetch_price(client, article)} cents")
            except httpx.HTTPStatusError as error:
                print(f"  {article}: status {error.response.status_code}")
    still_open = [one for one in MADE if not one.is_closed]
    print(f"{len(MADE)} clients made, {len(still_open)} still open")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:] or ["http://api.example.com"]))
