"""Practice: handle the errors you know. Right: the expected ones, each with its own answer.

What it shows: the status is checked, the errors of HTTP are caught close to the call and by their
class. Cancellation goes through, so the timeout works. A mistake in the program would come out as
what it is: a traceback with its line.

What it prints: a price, a status and a timeout, each told from the others. Compare
`handle_errors_wrong.py`.

    python examples/network/slow_api.py python examples/practices/handle_errors_right.py
    loopscope simulate --world examples/worlds/api.toml examples/practices/handle_errors_right.py

Needs httpx (`pip install httpx`).
"""

import asyncio
import sys

import httpx


async def fetch_price(client: httpx.AsyncClient, article: str) -> str:
    """Fetch one price, or say why there is none."""
    try:
        response = await client.get(f"/prices/{article}")
        response.raise_for_status()
    except httpx.HTTPStatusError as error:
        return f"status {error.response.status_code}"
    except httpx.RequestError as error:
        return f"no answer ({type(error).__name__})"
    return f"{response.json()['cents']} cents"


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
