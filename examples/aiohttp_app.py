"""A real aiohttp server and its client, both in one event loop.

What it shows: how a limit inside the server decides the total, whatever the client does. Every
request needs a database connection for 0.05 s, and the pool has five. The client sends forty
requests, ten at a time.

What a newcomer expects: ten at a time, so four rounds of 0.05 s, 0.2 s in all.

What loopscope will say: the total is about 0.4 s, forty queries divided by five connections. Most
requests wait twice: about 0.05 s at the semaphore (the line "waits for a connection") and 0.05 s
for the query itself. The loop is idle nearly all the time and there are no stalls: a larger pool
would help, a faster machine would not.

Needs aiohttp (`pip install aiohttp`). Listens on the loopback address only, on a free port.
"""

import asyncio
import time

import aiohttp
from aiohttp import web

REQUEST_COUNT = 40
AT_A_TIME = 10
POOL_SIZE = 5
QUERY_S = 0.05


class Database:
    """A database that answers every query after the same time, through a pool of connections."""

    def __init__(self) -> None:
        """Open the pool."""
        self._pool = asyncio.Semaphore(POOL_SIZE)

    async def price_of(self, article: int) -> int:
        """Return the price of an article, in cents."""
        async with self._pool:  # <- waits for a connection
            await asyncio.sleep(QUERY_S)  # <- waits for the query
        return 100 + article


DATABASE = web.AppKey("database", Database)


async def show_price(request: web.Request) -> web.Response:
    """Answer `GET /price/<article>`."""
    article = int(request.match_info["article"])
    cents = await request.app[DATABASE].price_of(article)
    return web.json_response({"article": article, "cents": cents})


async def start_server() -> web.AppRunner:
    """Start the server on a free port of the loopback address."""
    app = web.Application()
    app[DATABASE] = Database()
    app.router.add_get(r"/price/{article:\d+}", show_price)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner


async def ask_price(session: aiohttp.ClientSession, article: int) -> int:
    """Ask the server for one price."""
    async with session.get(f"/price/{article}") as response:
        response.raise_for_status()
        answer = await response.json()
    return int(answer["cents"])


async def ask_all_prices(base_url: str) -> list[int]:
    """Ask for every price; the connector keeps it to ten requests at a time."""
    connector = aiohttp.TCPConnector(limit=AT_A_TIME)
    async with aiohttp.ClientSession(base_url, connector=connector) as session:
        return await asyncio.gather(*(ask_price(session, n) for n in range(REQUEST_COUNT)))


async def main() -> None:
    """Run the server and the client, then shut both down."""
    runner = await start_server()
    try:
        host, port = runner.addresses[0]
        started_s = time.perf_counter()
        prices = await ask_all_prices(f"http://{host}:{port}")
        elapsed_s = time.perf_counter() - started_s
    finally:
        await runner.cleanup()
    print(f"{len(prices)} answers, together {sum(prices)} cents")
    print(f"total {elapsed_s:.1f} s: {REQUEST_COUNT} queries through {POOL_SIZE} connections")


if __name__ == "__main__":
    asyncio.run(main())
