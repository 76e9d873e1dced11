"""A site that aiohttp serves inside a simulation."""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web

URL = "http://127.0.0.1:8080/"


async def start_site(handler: Callable[[web.Request], Any]) -> web.AppRunner:
    """Serve a handler with aiohttp at port 8080."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 8080).start()
    return runner


async def slow_hello(request: web.Request) -> web.Response:
    """Answer after half a second."""
    await asyncio.sleep(0.5)
    return web.Response(body=b"hello " + request.path.encode())
