"""A small HTTP server that takes its time, for the other programs of this directory.

    python examples/network/slow_api.py python examples/network/shared_pool.py

runs the command given, with the address of the server as one more argument, and ends with it. It
listens on the loopback address, on a free port. The file `examples/worlds/api.toml` describes the
same answers to the simulation, which needs no server.

Answers: `/health` after 0.1 s, `/users` after 0.2 s, `/orders` after 0.3 s, `/prices/<article>`
after 0.1 s (5 s for the clock; 404 for what is not sold).

Needs aiohttp (`pip install aiohttp`).
"""

import asyncio
import os
import sys

from aiohttp import web

CENTS = {"lamp": 1950, "chair": 4500, "table": 12000, "shelf": 8900, "mirror": 3000, "clock": 2500}


async def health(_: web.Request) -> web.Response:
    """Say that all is well."""
    await asyncio.sleep(0.1)
    return web.json_response({"status": "up"})


async def users(_: web.Request) -> web.Response:
    """List the users."""
    await asyncio.sleep(0.2)
    return web.json_response(["Ada", "Grace", "Edsger"])


async def orders(_: web.Request) -> web.Response:
    """List the orders."""
    await asyncio.sleep(0.3)
    return web.json_response([{"user": "Ada", "article": "lamp"}])


async def price(request: web.Request) -> web.Response:
    """Tell the price of an article."""
    article = request.match_info["article"]
    await asyncio.sleep(5.0 if article == "clock" else 0.1)
    if article not in CENTS:
        return web.json_response({"error": f"no {article} here"}, status=404)
    return web.json_response({"article": article, "cents": CENTS[article]})


async def start() -> tuple[web.AppRunner, str]:
    """Start the server; return it with its address."""
    app = web.Application()
    app.router.add_get("/health", health)
    app.router.add_get("/users", users)
    app.router.add_get("/orders", orders)
    app.router.add_get("/prices/{article}", price)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0]
    return runner, f"http://{host}:{port}"


async def main(command: list[str]) -> int:
    """Serve while a command runs; return its exit code."""
    runner, url = await start()
    # The server is on this machine: whatever proxy the environment names has no part in it.
    environment = {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    process = await asyncio.create_subprocess_exec(*command, url, env=environment)
    try:
        return await process.wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("Give the command to run: python slow_api.py python one_request_sync.py")
    sys.exit(asyncio.run(main(sys.argv[1:])))
