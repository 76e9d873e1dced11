"""One price, fetched in two ways."""

import asyncio
import json
from time import perf_counter
from urllib.request import urlopen

HOST = "binance.example"


def fetch() -> int:
    """Fetch the price and wait for it."""
    with urlopen(f"http://{HOST}/price") as response:
        return int(json.load(response)["price"])


async def fetch_async() -> int:
    """Fetch the price and let others run meanwhile."""
    reader, writer = await asyncio.open_connection(HOST, 80)
    writer.write(f"GET /price HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return int(json.loads(answer.partition(b"\r\n\r\n")[2])["price"])


def main() -> None:
    """Time both."""
    began = perf_counter()
    price = fetch()
    print(f"fetch: {price} after {perf_counter() - began:.1f} s")
    began = perf_counter()
    price = asyncio.run(fetch_async())
    print(f"fetch_async: {price} after {perf_counter() - began:.1f} s")


main()
