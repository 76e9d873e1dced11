"""Following a stream over real sockets, whatever the other side does."""

import asyncio
import gzip
import json
import socket as sockets

import pytest
from aiohttp import web
from tests.spotprice.streams.scripted_stream import (
    BITCOIN,
    Script,
    Told,
    bybit_price,
    changed,
    says,
    says_and_stays,
    scripted,
    told_by,
)

from spotprice.exchanges import EXCHANGES
from spotprice.network.transport import make_session
from spotprice.streams import STREAMS
from spotprice.streams.feed import Feed
from spotprice.streams.follow import LONGEST_WAIT_S, follow
from spotprice.streams.wire import MOST_MESSAGE_BYTES
from spotprice.symbol import Symbol

ETHER = Symbol("ETH", "USD")
NOSUCH = Symbol("NOSUCH", "USD")
CLOSED = "BTC: bybit: its stream was closed with code 1000."


def test_prices_are_passed_on_and_a_lost_connection_is_made_again() -> None:
    """An ending is an error between the prices, and the next connection goes on with them."""
    told = told_by([says(bybit_price(1), bybit_price(2)), says(bybit_price(3))], ends=4)
    assert told.answers == ["BTC: 1", "BTC: 2", CLOSED, "BTC: 3"]


@pytest.mark.parametrize(
    ("scripts", "expected"),
    [
        ([says("<html>")], "its stream said something that is not JSON"),
        ([says("9" * (MOST_MESSAGE_BYTES + 1))], "its stream sent a message that is longer than"),
        ([says(b"\xff\xfe")], "its stream said something that is not JSON"),
        ([429], "it was asked too often (HTTP status 429 instead of a stream)"),
        ([451], "it refuses this address (HTTP status 451 instead of a stream)"),
        ([502], "it failed (HTTP status 502 instead of a stream)"),
        ([404], "its answer is not understood (HTTP status 404 instead of a stream)"),
    ],
)
def test_whatever_is_no_stream_is_an_error(scripts: list[Script | int], expected: str) -> None:
    """What cannot be believed ends the connection, and says what it was."""
    told = told_by(scripts, ends=1)
    assert told.answers[0].startswith(f"BTC: bybit: {expected}")


def test_a_refused_connection_is_an_error() -> None:
    """Where nobody listens, that is said, and tried again."""
    with sockets.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"ws://127.0.0.1:{closed.getsockname()[1]}"
        told = told_by([404], ends=2, hosts=(address,))
    refused = "BTC: bybit: no connection to 127.0.0.1"
    assert [answer[: len(refused)] for answer in told.answers] == [refused, refused]


def test_a_silent_connection_is_given_up() -> None:
    """Without a word for long enough, pings notwithstanding, the connection is made anew."""
    scripts = [says_and_stays(bybit_price(1)), says_and_stays(bybit_price(2))]
    told = told_by(scripts, ends=3, silence_s=0.1, ping_s=0.02)
    assert told.answers == ["BTC: 1", "BTC: bybit: its stream said nothing for 0.1 s.", "BTC: 2"]


def test_answers_to_pings_keep_a_connection_and_a_silent_market_is_reported_once() -> None:
    """A connection lives by any message; a market of which none tells is an error, once."""

    async def answer_pings(socket: web.WebSocketResponse) -> None:
        await socket.send_str(bybit_price(1))
        pings = 0
        async for message in socket:
            if json.loads(message.data)["op"] == "ping":
                pings += 1
                await socket.send_str('{"success":true,"ret_msg":"pong","op":"ping"}')
            if pings == 9:
                await socket.send_str(bybit_price(2))

    told = told_by([answer_pings], 3, symbols=(BITCOIN, ETHER), silence_s=0.2, ping_s=0.05)
    silent = "bybit: nothing came about ETHUSDT within 0.2 s: it may have no such market."
    assert told.answers == ["BTC: 1", f"ETH: {silent}", "BTC: 2"]


def test_waits_grow_by_chance_and_with_every_failure() -> None:
    """One to two seconds first, twice as long each time, and never more than a minute."""
    assert told_by([says()], ends=8).waits_s[:7] == [1, 2, 4, 8, 16, 30, 30]
    assert told_by([says()], ends=3, chance=0.5).waits_s[:2] == [1.5, 3]
    assert LONGEST_WAIT_S == 60


def test_a_connection_that_held_begins_anew_with_short_waits() -> None:
    """After a minute of success a failure is the first one again."""
    assert told_by([says()], ends=4, lasted_s=LONGEST_WAIT_S).waits_s[:3] == [1, 1, 1]


def test_connections_begin_no_more_often_than_allowed() -> None:
    """The time since the last beginning counts, not since the end."""
    assert told_by([says()], ends=3, gap_s=45.0, lasted_s=20.0).waits_s[:2] == [25, 25]


def test_a_ban_is_waited_for() -> None:
    """``Retry-After`` is kept to."""
    assert told_by([429], ends=2).waits_s[0] == 7


def test_every_failure_moves_on_to_the_next_mirror() -> None:
    """An address that fails is not asked twice in a row where there is another."""

    async def main() -> list[str]:
        async with (
            scripted([says(bybit_price(1))]) as one,
            scripted([says(bybit_price(2))]) as two,
            make_session() as session,
        ):
            told = Told(ends=6)
            stream = changed(STREAMS["bybit"], {"hosts": (one, two)})
            feed = Feed(stream, EXCHANGES["bybit"], (BITCOIN,))
            following = asyncio.create_task(follow(session, feed, told.on_answer, clock=told.clock))
            await told.full.wait()
            following.cancel()
            await asyncio.wait([following])
            return told.answers

    assert asyncio.run(main()) == ["BTC: 1", CLOSED, "BTC: 2", CLOSED, "BTC: 1", CLOSED]


def test_a_market_that_does_not_exist_is_not_asked_for_again() -> None:
    """Its refusal is final; the others go on, and are asked for alone the next time."""
    asked: list[list[str]] = []

    async def refuse(socket: web.WebSocketResponse) -> None:
        asked.append([])
        async for message in socket:
            topics = json.loads(message.data)["args"]
            asked[-1] += topics
            if "tickers.NOSUCHUSDT" in topics:
                refusal = '{"success":false,"op":"subscribe","ret_msg":"Invalid symbol :[%s]"}'
                await socket.send_str(refusal % topics[0])
            else:
                await socket.send_str(bybit_price(1))
            if len(asked) == 2 or len(asked[-1]) == 4:
                break
        await socket.close()

    told = told_by([refuse], ends=4, symbols=(NOSUCH, BITCOIN))
    assert told.answers == [
        'NOSUCH: bybit: it answers "Invalid symbol :[tickers.NOSUCHUSDT]".',
        "BTC: 1",
        CLOSED,
        "BTC: 1",
    ]
    topics = ["tickers.BTCUSDT", "orderbook.1.BTCUSDT"]
    assert asked[:2] == [["tickers.NOSUCHUSDT", "orderbook.1.NOSUCHUSDT", *topics], topics]


def test_following_ends_when_no_market_is_left() -> None:
    """Where nothing exists there is nothing to wait for."""
    refusal = '{"success":false,"op":"subscribe","req_id":"NOSUCHUSDT","ret_msg":"Invalid symbol"}'
    tether = Symbol("USDT", "USD")
    told = told_by([says_and_stays(refusal)], ends=9, symbols=(NOSUCH, tether))
    assert told.answers == [
        "USDT: bybit: it quotes USDT itself in nothing.",
        'NOSUCH: bybit: it answers "Invalid symbol".',
    ]


def test_a_refusal_that_names_no_market_concerns_those_that_are_waited_for() -> None:
    """Who has been heard of is not meant."""
    refusal = '{"success":false,"op":"subscribe","ret_msg":"Too many args"}'
    told = told_by(
        [says_and_stays(bybit_price(1), refusal)], ends=2, symbols=(BITCOIN, ETHER), silence_s=9.0
    )
    assert told.answers == ["BTC: 1", 'ETH: bybit: it answers "Too many args".']


def test_other_markets_than_those_asked_for_are_passed_over() -> None:
    """Neither the price nor the bad price of another market becomes an answer."""
    others = [bybit_price(5, "ETHUSDT"), bybit_price("?", "ETHUSDT"), bybit_price(6, "B" * 99_999)]
    told = told_by([says(*others, bybit_price(1))], ends=1)
    assert told.answers[0] == "BTC: 1"


def test_a_price_that_cannot_be_believed_is_an_error_and_the_stream_goes_on() -> None:
    """One bad price does not cost the connection."""
    told = told_by([says_and_stays(bybit_price("NaN"), bybit_price(1))], ends=2)
    bad = "bybit: it pushed a price that cannot be believed."
    assert told.answers == [f"BTC: {bad}", "BTC: 1"]


def test_a_farewell_is_no_failure() -> None:
    """Where the exchange asks for a new connection, it gets one without an error between."""
    stream = STREAMS["bitstamp"]
    trade = '{"event":"trade","channel":"live_trades_btcusdt","data":{"price_str":"%d"}}'
    goodbye = '{"event":"bts:request_reconnect","channel":"","data":null}'
    told = told_by(
        [says_and_stays(trade % 1, goodbye), says_and_stays(trade % 2)],
        ends=2,
        readers=stream.readers,
        subscribe=stream.subscribe,
    )
    assert told.answers == ["BTC: 1", "BTC: 2"]


def test_pings_of_the_exchange_are_answered() -> None:
    """Huobi wants its number back, and would hang up without it."""

    async def ping(socket: web.WebSocketResponse) -> None:
        await socket.receive()
        await socket.send_bytes(gzip.compress(b'{"ping":17}'))
        answer = await socket.receive_json()
        price = {"ch": "market.btcusdt.ticker", "tick": {"lastPrice": answer["pong"]}}
        await socket.send_bytes(gzip.compress(json.dumps(price).encode()))

    huobi = STREAMS["huobi"]
    told = told_by(
        [ping], 1, readers=huobi.readers, subscribe=huobi.subscribe, is_gzip=True, path=""
    )
    assert told.answers[0] == "BTC: 17"


def test_a_flood_leaves_the_loop_to_others() -> None:
    """A stream that never stops is read in turns: something else runs between its messages."""
    runs = 0

    async def main() -> None:
        flood = says(*[bybit_price(1)] * 2_000)
        async with scripted([flood]) as address, make_session() as session:
            told = Told(ends=2_000)
            stream = changed(STREAMS["bybit"], {"hosts": (address,)})
            feed = Feed(stream, EXCHANGES["bybit"], (BITCOIN,))
            following = asyncio.create_task(follow(session, feed, told.on_answer, clock=told.clock))
            nonlocal runs
            while not told.full.is_set():
                runs += 1
                await asyncio.sleep(0)
            following.cancel()
            await asyncio.wait([following])

    asyncio.run(main())
    assert runs >= 2_000


def test_cancelling_ends_at_once_whatever_the_other_side_does() -> None:
    """A server that neither reads nor closes does not hold up the end, and no task is left."""

    async def deaf(socket: web.WebSocketResponse) -> None:
        await socket.send_str(bybit_price(1))
        await asyncio.get_running_loop().create_future()

    assert told_by([deaf], ends=1).answers == ["BTC: 1"]


def test_markets_beyond_what_one_connection_takes_get_another() -> None:
    """Every connection asks for as many markets as it may."""
    asked: list[str] = []

    async def note(socket: web.WebSocketResponse) -> None:
        asked.append((await socket.receive_json())["args"][0])
        await socket.send_str(bybit_price(1, asked[-1].partition(".")[2]))
        async for _ in socket:
            pass

    told = told_by([note], ends=2, symbols=(BITCOIN, ETHER), most_markets=1)
    assert sorted(told.answers) == ["BTC: 1", "ETH: 1"]
    assert sorted(asked) == ["tickers.BTCUSDT", "tickers.ETHUSDT"]
