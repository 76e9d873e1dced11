"""A WebSocket server that does what a test says, and a record of what following it told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import repeat

from aiohttp import web

from spotprice.exchanges import EXCHANGES
from spotprice.network.transport import make_session
from spotprice.quote import Answer, Quote
from spotprice.streams import STREAMS
from spotprice.streams.base import Stream
from spotprice.streams.feed import Clock, Feed
from spotprice.streams.follow import follow
from spotprice.symbol import Symbol

BITCOIN = Symbol("BTC", "USD")

Script = Callable[[web.WebSocketResponse], Awaitable[None]]
"""What the server does with one connection."""


def bybit_price(price: object, market: str = "BTCUSDT") -> str:
    """Say a price as Bybit does."""
    return f'{{"topic":"tickers.{market}","data":{{"lastPrice":"{price}"}}}}'


@asynccontextmanager
async def scripted(scripts: Sequence[Script | int]) -> AsyncIterator[str]:
    """Serve connections by one script after the other, the last again and again.

    A number instead of a script is an HTTP status that is answered instead of a connection.
    """
    coming: Iterator[Script | int] = iter([*scripts[:-1]])
    rest = repeat(scripts[-1])

    async def serve(request: web.Request) -> web.StreamResponse:
        script = next(coming, None) or next(rest)
        if isinstance(script, int):
            return web.Response(status=script, headers={"Retry-After": "7"})
        socket = web.WebSocketResponse(timeout=0.05)
        await socket.prepare(request)
        await script(socket)
        return socket

    app = web.Application()
    app.router.add_get("/{path:.*}", serve)
    runner = web.AppRunner(app, shutdown_timeout=0.05, handler_cancellation=True)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield site.name.replace("http", "ws", 1)
    finally:
        await runner.cleanup()


def says(*messages: str | bytes) -> Script:
    """Make a script: say something, and then close the connection."""

    async def script(socket: web.WebSocketResponse) -> None:
        for message in messages:
            if isinstance(message, bytes):
                await socket.send_bytes(message)
            else:
                await socket.send_str(message)
        await socket.close()

    return script


def says_and_stays(*messages: str) -> Script:
    """Make a script: say something, and then listen without a word."""

    async def script(socket: web.WebSocketResponse) -> None:
        for message in messages:
            await socket.send_str(message)
        async for _ in socket:
            pass

    return script


@dataclass
class Told:
    """What following a stream told, and how long it wanted to wait between connections.

    Attributes:
        answers: Prices and errors in order, as text.
        waits_s: Every wait before the next connection.
        lasted_s: How long connections seem to last.
        ends: After so many answers the following is cancelled, and no more are noted.
    """

    ends: int
    lasted_s: float = 0.0
    chance: float = 0.0
    answers: list[str] = field(default_factory=list)
    waits_s: list[float] = field(default_factory=list)
    full: asyncio.Event = field(default_factory=asyncio.Event)
    elapsed_s: float = 0.0

    def on_answer(self, symbol: Symbol, answer: Answer) -> None:
        """Note an answer."""
        if self.full.is_set():
            return
        text = str(answer.last) if isinstance(answer, Quote) else str(answer)
        self.answers.append(f"{symbol.base}: {text}")
        if len(self.answers) >= self.ends:
            self.full.set()

    def tick(self) -> float:
        """Let every connection seem to last as long as it should."""
        self.elapsed_s += self.lasted_s
        return self.elapsed_s

    async def sleep(self, seconds: float) -> None:
        """Note a wait instead of waiting."""
        self.waits_s.append(seconds)
        await asyncio.sleep(0)

    @property
    def clock(self) -> Clock:
        """A clock that takes no time."""
        return Clock(
            elapsed_s=self.tick, sleep=self.sleep, chance=lambda: self.chance, now_ns=lambda: 10**18
        )


def told_by(
    scripts: Sequence[Script | int],
    ends: int,
    *,
    symbols: tuple[Symbol, ...] = (BITCOIN,),
    lasted_s: float = 0.0,
    chance: float = 0.0,
    **changes: object,
) -> Told:
    """Follow Bybit's stream at a scripted server until so many answers have come.

    Args:
        scripts: One for every connection.
        ends: How many answers to wait for.
        symbols: What to follow.
        lasted_s: How long a connection seems to last.
        chance: What chance says.
        changes: Of the stream.
    """

    async def main() -> Told:
        async with scripted(scripts) as address, make_session() as session:
            told = Told(ends, lasted_s=lasted_s, chance=chance)
            stream = changed(STREAMS["bybit"], {"hosts": (address,), **changes})
            feed = Feed(stream, EXCHANGES["bybit"], symbols)
            following = asyncio.create_task(follow(session, feed, told.on_answer, clock=told.clock))
            filling = asyncio.create_task(told.full.wait())
            await asyncio.wait([following, filling], return_when=asyncio.FIRST_COMPLETED)
            following.cancel()
            filling.cancel()
            await asyncio.wait([following, filling])
            assert not [one for one in asyncio.all_tasks() if "bybit" in one.get_name()]
            return told

    return asyncio.run(asyncio.wait_for(main(), 20))


def changed(stream: Stream, changes: Mapping[str, object]) -> Stream:
    """Return a variant of a stream."""
    return replace(stream, **changes)  # type: ignore[arg-type]
