"""The streams of simulated exchanges: WebSocket servers beside their tickers."""

import asyncio
import gzip
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from types import MappingProxyType

from aiohttp import WSMsgType, web

from spotprice.exchanges.base import Exchange
from spotprice.simulated.dialects import DIALECTS
from spotprice.simulated.dialects.base import Dialect, Heard, Push, Said, Wish
from spotprice.simulated.misdeeds import answer, cut
from spotprice.simulated.plan import Failure, Fate
from spotprice.simulated.venue import Venue
from spotprice.simulated.voices.base import SECOND, Question, Speech
from spotprice.streams import STREAMS
from spotprice.streams.base import Stream
from spotprice.symbol import Symbol

PUSHED_EVERY_S = 0.25
"""Real streams push some ten times a second (OKX, Huobi) to once (Binance, Gate)."""

CONNECTION = "(stream)"
"""Stands for the market in plan and log: a connection has a fate, as a request for a ticker has."""

MOST_TURNS = 4
"""A connection that is to fail does so within so many times of pushing."""

_MOST_HEARD = 1 << 16  # bytes of one message of a client
_BEAT_TURNS = 4  # a heartbeat with every so many pushes
_HUGE = 4 << 20  # characters of a message that nobody should take
_NO_JSON = "<html><head><title>502 Bad Gateway</title></head></html>"
_SAID_AT_ONCE = (Failure.RATE_LIMITED, Failure.BLOCKED, Failure.MAINTENANCE, Failure.SERVER)


def simulated_streams(exchanges: Mapping[str, Exchange]) -> Mapping[str, Stream]:
    """Return the streams as they are really, but at the addresses of simulated exchanges."""
    return MappingProxyType(
        {
            name: replace(
                STREAMS[name],
                hosts=tuple(f"ws{host.removeprefix('http')}" for host in exchange.hosts),
                gap_s=0.0,  # nobody minds how often a simulation is asked
            )
            for name, exchange in exchanges.items()
            if name in STREAMS
        }
    )


def add_stream(app: web.Application, venue: Venue) -> None:
    """Let a venue's web application serve its stream too."""
    dialect = DIALECTS[venue.voice.id]

    async def stream(request: web.Request) -> web.StreamResponse:
        return await _serve(venue, dialect, request)

    app.router.add_get(dialect.path, stream)


@dataclass(slots=True)
class _Talk:
    """One connection: who is there, and what it wants."""

    venue: Venue
    dialect: Dialect
    socket: web.WebSocketResponse
    wishes: dict[tuple[str, str], Symbol] = field(default_factory=dict)
    pushed: Counter[tuple[str, str]] = field(default_factory=Counter)
    is_silent: bool = False

    async def push(self, channel: str, market: str) -> None:
        """Say what there is to say about a market that is wanted."""
        key = (channel, market)
        ticker = self.venue.ticker(self.wishes[key])
        if ticker is not None:
            await self.say(self.dialect.push(Push(channel, market, ticker, self.pushed[key])))
            self.pushed[key] += 1

    async def say(self, text: str) -> None:
        """Send a message in the form of the venue."""
        if self.is_silent:
            return
        if self.dialect.is_gzip:
            await self.socket.send_bytes(gzip.compress(text.encode(), compresslevel=1))
        else:
            await self.socket.send_str(text)


async def _serve(venue: Venue, dialect: Dialect, request: web.Request) -> web.StreamResponse:
    """Serve one connection from its beginning to its end."""
    fate = venue.next_fate(CONNECTION)
    if fate.latency_ns:
        await asyncio.sleep(fate.latency_ns / SECOND)
    if fate.failure is Failure.REFUSE:
        cut(request)
        return web.Response()
    if (objection := _object(venue, dialect, request, fate)) is not None:
        return answer(objection)
    socket = web.WebSocketResponse(max_msg_size=_MOST_HEARD, compress=False, timeout=0.1)
    if not socket.can_prepare(request):
        return web.Response(status=426, text="Here is a WebSocket: ask for one.\n")
    await socket.prepare(request)
    talk = _Talk(venue, dialect, socket)
    pushing = asyncio.create_task(_push(talk, request, fate), name=f"{dialect.id} push")
    with suppress(ConnectionError):
        try:
            await _listen(talk, request)
        finally:
            pushing.cancel()
            await asyncio.wait([pushing])
    return socket


def _object(venue: Venue, dialect: Dialect, request: web.Request, fate: Fate) -> Speech | None:
    """Say what the venue answers instead of a connection, if anything."""
    question = Question(CONNECTION, venue.stage.clock_ns(), "", has_body=False)
    shapes = venue.voice.shapes
    if fate.failure in _SAID_AT_ONCE:
        of_kind = shapes[fate.failure]
        return of_kind[fate.variant % len(of_kind)](question)
    wanted = [wish.market for wish in dialect.ask(request.query)]
    if any(_known(venue, dialect, market) is None for market in wanted):
        return shapes[Failure.UNKNOWN_SYMBOL][0](question)
    return None


def _known(venue: Venue, dialect: Dialect, market: str) -> Symbol | None:
    """Return the market that a spelling stands for, or None where it is not traded here."""
    symbol = dialect.read(market)
    return None if symbol is None or venue.ticker(symbol) is None else symbol


async def _listen(talk: _Talk, request: web.Request) -> None:
    """Hear what the client says until it goes."""
    for text in talk.dialect.greet:
        await talk.say(text)
    await _heed(talk, talk.dialect.ask(request.query))
    async for message in talk.socket:
        if message.type is WSMsgType.TEXT:
            said = _understand(message.data)
            await _heed(talk, talk.dialect.hear(said, talk.venue.stage.clock_ns()))


def _understand(text: str) -> Said:
    try:
        return json.loads(text)
    except ValueError:
        return text


async def _heed(talk: _Talk, heard: Sequence[Heard]) -> None:
    """Do what a client's message asks for."""
    for one in heard:
        if not isinstance(one, Wish):
            await talk.say(one)
            continue
        symbol = _known(talk.venue, talk.dialect, one.market)
        reply = one.refused if symbol is None else one.granted
        if reply is not None:
            await talk.say(reply)
        if symbol is not None:
            talk.wishes[one.channel, one.market] = symbol
            await talk.push(one.channel, one.market)


async def _push(talk: _Talk, request: web.Request, fate: Fate) -> None:
    """Go on pushing prices, until the connection's fate."""
    ends = fate.variant % MOST_TURNS if fate.failure else None
    with suppress(ConnectionError):
        for turn in count():
            await asyncio.sleep(PUSHED_EVERY_S)
            if turn == ends:
                await _fail(talk, request, fate)
            if talk.dialect.beat is not None and turn % _BEAT_TURNS == 0:
                await talk.say(talk.dialect.beat(talk.venue.stage.clock_ns()))
            for channel, market in list(talk.wishes):
                await talk.push(channel, market)


async def _fail(talk: _Talk, request: web.Request, fate: Fate) -> None:
    """Do what goes wrong with a connection that stands."""
    if fate.failure in (Failure.BLACK_HOLE, Failure.SLOW_BODY):
        talk.is_silent = True
    elif fate.failure is Failure.HUGE_BODY:
        await talk.socket.send_str("9" * _HUGE)
    elif fate.failure in (Failure.HTML, Failure.REDIRECT):
        await talk.socket.send_str(_NO_JSON)
    else:
        cut(request)
