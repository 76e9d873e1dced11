"""Testing the endpoints of a service, in turn and together.

What it shows: the same three requests take the sum of their times in turn, and the longest of them
together. Each is timed by itself, too: an endpoint is not faster because others are asked at the
same time, only the wait for all of them is shorter.

What a newcomer expects: that "together" makes the single answer quicker, or that testing together
is always right. It is not a load test: a server that can do one thing at a time would be as slow
as in turn.

What it prints: status and time of each endpoint in both rounds; 0.6 s in turn, 0.3 s together.

    python examples/network/slow_api.py python examples/network/endpoint_tester.py
    loopscope simulate --world examples/worlds/api.toml examples/network/endpoint_tester.py

Needs httpx (`pip install httpx`).
"""

import asyncio
import sys
import time

import httpx

PATHS = ["/health", "/users", "/orders"]


async def test_endpoint(client: httpx.AsyncClient, path: str) -> bool:
    """Ask one endpoint, print how it did, and say whether it is well."""
    started_s = time.perf_counter()
    try:
        response = await client.get(path)
    except httpx.RequestError as error:
        print(f"  {path}: no answer ({type(error).__name__})")
        return False
    elapsed_s = time.perf_counter() - started_s
    print(f"  {path}: {response.status_code} in {elapsed_s:.1f} s")
    return response.is_success


async def in_turn(client: httpx.AsyncClient) -> list[bool]:
    """Test one endpoint after the other."""
    return [await test_endpoint(client, path) for path in PATHS]  # <- waits in turn


async def together(client: httpx.AsyncClient) -> list[bool]:
    """Test all endpoints at the same time."""
    return await asyncio.gather(*(test_endpoint(client, path) for path in PATHS))


async def main(base_url: str) -> None:
    """Test both ways."""
    async with httpx.AsyncClient(base_url=base_url) as client:
        for way in (in_turn, together):
            print(way.__name__)
            started_s = time.perf_counter()
            results = await way(client)
            elapsed_s = time.perf_counter() - started_s
            print(f"  {sum(results)} of {len(results)} are well, total {elapsed_s:.1f} s")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:] or ["http://api.example.com"]))
