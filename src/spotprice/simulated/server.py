"""Simulated exchanges as web servers: requests in, fates and speeches out."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from spotprice.simulated.misdeeds import AROUND, MISDEEDS, answer
from spotprice.simulated.plan import Fate
from spotprice.simulated.streams import add_stream
from spotprice.simulated.venue import Venue
from spotprice.simulated.voices.base import SECOND, Question

_BACKLOG = 4096  # connections that may wait at a port: benchmarks open a thousand at once
_PATIENCE_S = 0.1  # for handlers that do not end although their connections have
_KEEP_ALIVE_S = 75.0  # as the usual web servers


def make_app(venue: Venue) -> web.Application:
    """Return the web application of one venue: its ticker, its stream, and a hint for the rest.

    The hint stays last whatever the order, because the router tries the longest fixed beginning
    first.
    """
    app = web.Application()

    async def ticker(request: web.Request) -> web.StreamResponse:
        return await _serve_ticker(venue, request)

    async def around(request: web.Request) -> web.StreamResponse:  # noqa: ARG001
        return web.Response(status=302, headers={"Location": AROUND})

    async def lost(request: web.Request) -> web.StreamResponse:
        return _hint(venue, request)

    app.router.add_get(venue.voice.path, ticker)
    app.router.add_get(AROUND, around)
    add_stream(app, venue)
    app.router.add_get("/{path:.*}", lost)
    return app


@asynccontextmanager
async def listen(venue: Venue, ports: Sequence[socket.socket]) -> AsyncIterator[None]:
    """Serve one venue on bound sockets while the context lasts; closes them.

    When it ends, connections are cut at once: whoever still waits for an answer gets none.
    """
    runner = web.AppRunner(
        make_app(venue),
        access_log=None,
        handler_cancellation=True,
        keepalive_timeout=_KEEP_ALIVE_S,
        shutdown_timeout=_PATIENCE_S,
    )
    await runner.setup()
    try:
        for port in ports:
            await web.SockSite(runner, port, backlog=_BACKLOG).start()
        yield
    finally:
        await _end(runner)


async def _end(runner: web.AppRunner) -> None:
    for site in runner.sites:
        await site.stop()
    await asyncio.sleep(0)  # connections that were accepted just now get their protocols
    for connection in runner.server.connections if runner.server else ():
        if connection.transport is not None:
            connection.transport.abort()
    await runner.cleanup()


async def _serve_ticker(venue: Venue, request: web.Request) -> web.StreamResponse:
    market = _market(venue, request)
    if market is None:
        return _hint(venue, request)
    question = Question(
        market=market,
        at_ns=venue.stage.clock_ns(),
        agent=request.headers.get("User-Agent", ""),
        has_body=request.can_read_body,
    )
    objection = venue.voice.objects(question)
    if objection is not None:
        return answer(objection)
    return await _meet(venue, request, question, venue.next_fate(market))


async def _meet(
    venue: Venue, request: web.Request, question: Question, fate: Fate
) -> web.StreamResponse:
    if fate.latency_ns:
        await asyncio.sleep(fate.latency_ns / SECOND)
    speech = venue.speak(question, fate)
    misdeed = MISDEEDS.get(fate.failure) if fate.failure else None
    return await misdeed(request, speech, fate.variant) if misdeed else answer(speech)


def _market(venue: Venue, request: web.Request) -> str | None:
    """Return the market that is asked for, or None where the request is not complete."""
    voice = venue.voice
    if not voice.parameter:
        return request.match_info["market"]
    query = request.query
    if any(query.get(name) != value for name, value in voice.fixed.items()):
        return None
    return query.get(voice.parameter) or None


def _hint(venue: Venue, request: web.Request) -> web.StreamResponse:
    voice = venue.voice
    text = (
        f"The simulated {voice.id} has only tickers of one market. Try:\n"
        f"curl 'http://{request.host}{voice.target(voice.example)}'\n"
    )
    return web.Response(status=404, text=text)
