"""Handlers of an aiohttp server, and the server's start."""
# how: run

import asyncio
import json
import sqlite3
import time

import aiohttp
import requests
from aiohttp import web

routes = web.RouteTableDef()
db = sqlite3.connect(":memory:")  # right: blocking-call


def load(path: str) -> dict[str, str]:
    return json.loads(requests.get("http://api.test" + path, timeout=5).text)


class Handlers:
    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session
        self.tasks: set[asyncio.Task[None]] = set()

    async def orders(self, request: web.Request) -> web.Response:
        rows = db.execute("select * from orders").fetchall()  # expect: blocking-call
        return web.json_response(rows)

    async def forward(self, request: web.Request) -> web.Response:
        body = await request.read()  # right: no-timeout
        async with self.session.post("http://api.test/in", data=body) as answer:
            return web.Response(body=await answer.read())

    async def ping(self, request: web.Request) -> web.Response:
        asyncio.create_task(self.audit(request.path))  # expect: lost-task
        return web.Response(text="pong")

    async def audit(self, path: str) -> None:
        await asyncio.sleep(0.1)
        print(path)


@routes.get("/config")
async def config(request: web.Request) -> web.Response:
    return web.json_response(load("/config"))  # expect: blocking-call


@routes.get("/slow")
async def slow(request: web.Request) -> web.Response:
    time.sleep(3)  # expect: blocking-call
    return web.Response()


@routes.get("/proxy")
async def proxy(request: web.Request) -> web.Response:
    async with aiohttp.ClientSession() as session:  # expect: session-per-request
        async with session.get("http://api.test") as answer:
            return web.Response(text=await answer.text())


@web.middleware
async def timing(request: web.Request, handler) -> web.StreamResponse:
    begun = time.perf_counter()
    answer = await handler(request)  # right: no-timeout
    answer.headers["X-Took"] = str(time.perf_counter() - begun)
    return answer


async def serve() -> None:
    app = web.Application(middlewares=[timing])
    app.add_routes(routes)
    runner = web.AppRunner(app)
    await runner.setup()
    await runner.cleanup()


def main() -> None:
    time.sleep(0.01)  # right: blocking-call
    asyncio.run(serve())


if __name__ == "__main__":
    main()
