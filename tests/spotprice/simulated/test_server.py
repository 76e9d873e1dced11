"""Real clients on real sockets get what the venues say."""

import asyncio
import json

import pytest
from tests.spotprice.simulated.clients import (
    address,
    ask_plainly,
    client,
    connect,
    seen_by_aiohttp,
)
from yarl import URL

from spotprice.exchanges.answer import Times, read_quote
from spotprice.exchanges.base import Reply
from spotprice.simulated.market import ticker_at
from spotprice.simulated.plan import Plan
from spotprice.simulated.running import World, serve, simulated_exchanges
from spotprice.simulated.voices import VOICES
from spotprice.symbol import Symbol

NOW = 1_795_345_200_123_456_789
BITCOIN = Symbol("BTC", "USD")


def test_every_exchange_answers_with_the_ticker_of_the_moment() -> None:
    """Through aiohttp and the adapter, every exchange's quote has the numbers of the market."""
    with simulated_exchanges(Plan(seed=9), clock_ns=lambda: NOW) as world:
        for name, exchange in world.exchanges.items():
            status, headers, body = seen_by_aiohttp(world, name)
            quote = read_quote(exchange, BITCOIN, Reply(status, headers, body), Times(NOW, 1))
            truth = ticker_at(9, name, Symbol("BTC", quote.currency), NOW)
            assert (quote.last, quote.bid, quote.ask, quote.volume) == (
                truth.last,
                truth.bid,
                truth.ask,
                truth.volume,
            )
            assert headers["content-type"].startswith("application/json")


def test_the_standard_librarys_client_is_served_on_one_connection() -> None:
    """With http.client, ten requests travel over one connection, each with its own answer."""
    with simulated_exchanges(Plan()) as world:
        connection = connect(world, "kraken")
        connection.connect()
        own_port = connection.sock.getsockname()[1]
        for _ in range(10):
            response = ask_plainly(connection, "kraken")
            assert response.status == 200
            assert json.loads(response.read())["error"] == []
        assert connection.sock.getsockname()[1] == own_port
        connection.close()
        assert [one.attempt for one in world.log] == list(range(1, 11))


def test_mirrors_are_one_venue() -> None:
    """Requests to a mirror count as attempts at the same venue."""

    async def ask(world: World) -> None:
        async with client() as session:
            for host in world.exchanges["binance"].hosts:
                await session.get(host + VOICES["binance"].target("BTCUSDT"))

    with simulated_exchanges(Plan()) as world:
        asyncio.run(ask(world))
        assert len(set(world.exchanges["binance"].hosts)) == 2
        assert [(one.market, one.attempt) for one in world.log] == [("BTCUSDT", 1), ("BTCUSDT", 2)]


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("binance", "/"),
        ("binance", "/api/v3/ticker/24hr"),
        ("binance", "/api/v3/ticker/24hr?symbol="),
        ("bybit", "/v5/market/tickers?symbol=BTCUSDT"),
        ("bitstamp", "/api/v2/ticker/"),
    ],
)
def test_another_address_gets_a_hint_that_works(name: str, target: str) -> None:
    """What is not simulated is answered with an address that is; it does not count."""

    async def ask(world: World) -> tuple[int, int]:
        async with client() as session:
            missed = await session.get(world.exchanges[name].hosts[0] + target)
            hint = (await missed.text()).partition("curl '")[2].partition("'")[0]
            found = await session.get(hint)
            return missed.status, found.status

    with simulated_exchanges(Plan()) as world:
        assert asyncio.run(ask(world)) == (404, 200)
        assert [one.market for one in world.log] == [VOICES[name].example]


def test_strange_markets_in_the_address_are_unknown_ones() -> None:
    """Whatever bytes stand for the market, the venue says that it does not know it."""

    async def ask(world: World) -> list[int]:
        host = world.exchanges["coinbase"].hosts[0]
        async with client() as session:
            strange = ("%00", "%FF%FE", "..%2F..", "%27OR%201", "BTC-USD%0A", "A" * 4_000)
            return [
                (await session.get(URL(f"{host}/products/{one}/ticker", encoded=True))).status
                for one in strange
            ]

    with simulated_exchanges(Plan()) as world:
        assert asyncio.run(ask(world)) == [404] * 6


def test_bad_manners_are_answered_and_not_counted() -> None:
    """Coinbase refuses a client without a name, Bybit one with a body, on real requests."""
    with simulated_exchanges(Plan()) as world:
        nameless = connect(world, "coinbase")
        nameless.request("GET", "/products/BTC-USD/ticker")
        assert nameless.getresponse().status == 400
        burdened = connect(world, "bybit")
        burdened.request("GET", VOICES["bybit"].target("BTCUSDT"), body=b"{}")
        assert burdened.getresponse().status == 403
        assert world.log == ()
        nameless.close()
        burdened.close()


def test_in_a_loop_that_runs_already_it_serves_as_well() -> None:
    """``serve`` answers from the client's own loop and leaves no task behind."""

    async def main() -> tuple[int, int]:
        async with serve(Plan()) as world, client() as session:
            response = await session.get(address(world, "okx"))
            await response.read()
        return response.status, len(asyncio.all_tasks())

    assert asyncio.run(main()) == (200, 1)
