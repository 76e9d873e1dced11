"""Listening after one question."""

import asyncio
from collections.abc import Sequence

from aiohttp.web import WebSocketResponse as Socket
from tests.spotprice.streams.scripted_stream import Script, changed, scripted
from tests.spotprice.watch.quoting import BITCOIN, a_quote

from spotprice.client import Survey
from spotprice.errors import UnknownSymbolError
from spotprice.exchanges import EXCHANGES
from spotprice.network.transport import make_session
from spotprice.quote import Answer, Quote
from spotprice.streams import STREAMS
from spotprice.streams.feed import Feed
from spotprice.symbol import Symbol
from spotprice.watch.push import push

NOSUCH = Symbol("NOSUCH", "USD")
BOOK = (
    '{"event":"data","channel":"order_book_btcusd",'
    '"data":{"bids":[["62000","1"]],"asks":[["62002","1"]]}}'
)


def pushed(script: Script, ends: int) -> list[str]:
    """Listen to Bitstamp, which has no ticker, until so many answers have come."""
    answers: list[str] = []
    full = asyncio.Event()

    async def ask(names: Sequence[str], symbols: Sequence[Symbol], deadline_s: float) -> Survey:
        del deadline_s
        known: dict[Symbol, Answer] = {
            BITCOIN: a_quote("bitstamp", 61_999),
            NOSUCH: UnknownSymbolError("bitstamp", "it has no market nosuchusd"),
        }
        return Survey({symbol: {names[0]: known[symbol]} for symbol in symbols}, None, 0, 0)

    def put(symbol: Symbol, exchange: str, answer: Answer) -> None:
        what = f"{answer.last} {answer.bid}" if isinstance(answer, Quote) else answer.slug
        answers.append(f"{exchange} {symbol.base} {what}")
        if len(answers) == ends:
            full.set()

    async def main() -> None:
        async with scripted([script]) as address, make_session() as session:
            changes = {"hosts": (address,), "silence_s": 0.1, "ping_s": 0.04}
            stream = changed(STREAMS["bitstamp"], changes)
            feed = Feed(stream, EXCHANGES["bitstamp"], (BITCOIN, NOSUCH))
            pushing = asyncio.create_task(push(ask, session, feed, 1.0, put))
            await asyncio.wait_for(full.wait(), 20)
            pushing.cancel()
            await asyncio.wait([pushing])

    asyncio.run(main())
    return answers


def test_a_stream_without_a_ticker_begins_with_the_first_answer() -> None:
    """The last price is the one that was told before, until there is a trade; the book is new."""

    async def show_a_book(socket: Socket) -> None:
        await socket.send_str(BOOK)
        pings = 0
        async for message in socket:
            if "heartbeat" in message.data:
                pings += 1
                await socket.send_str('{"event":"bts:heartbeat","channel":"","data":{}}')
            if pings == 5:  # long after the silent market was given up
                await socket.send_str(BOOK)

    assert pushed(show_a_book, ends=4) == [
        "bitstamp BTC 61999 61999",
        "bitstamp NOSUCH unknown-symbol",
        "bitstamp BTC 61999 62000",
        "bitstamp BTC 61999 62000",
    ]
