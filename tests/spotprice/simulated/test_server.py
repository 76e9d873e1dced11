"""Real clients on real sockets see the venues as they claim to be, the failures included."""

import asyncio
import http.client
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from yarl import URL

from spotprice.exchanges.answer import Times, read_quote
from spotprice.exchanges.base import Reply
from spotprice.simulated.latency import Constant
from spotprice.simulated.market import ticker_at
from spotprice.simulated.plan import Behaviour, Failure, Plan
from spotprice.simulated.running import World, serve, simulated_exchanges
from spotprice.simulated.venue import Served
from spotprice.simulated.voices import VOICES
from spotprice.simulated.voices.base import Question
from spotprice.symbol import Symbol

NOW = 1_795_345_200_123_456_789
BITCOIN = Symbol("BTC", "USD")
MEGABYTE = 1024 * 1024
SAID = ("unknown-symbol", "rate-limited", "blocked", "maintenance", "server")

Client = Callable[[str], Awaitable[aiohttp.ClientResponse]]


def address(world: World, name: str) -> str:
    """Return where Bitcoin's ticker is at an exchange."""
    return world.exchanges[name].hosts[0] + VOICES[name].target(VOICES[name].example)


def always(failure: Failure, seed: int = 0) -> Plan:
    """Return a plan in which everything fails in one way."""
    return Plan(seed, Behaviour(failure_rate=1, failures=(failure,)))


@asynccontextmanager
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """Give an aiohttp client that does not repeat requests by itself."""
    async with aiohttp.ClientSession() as session:
        session._retry_connection = False
        yield session


def seen_by_aiohttp(world: World, name: str) -> tuple[int, dict[str, str], bytes]:
    """Ask one exchange with aiohttp; return status, headers in small letters, and body."""

    async def ask() -> tuple[int, dict[str, str], bytes]:
        async with client() as session, session.get(address(world, name)) as response:
            headers = {key.lower(): value for key, value in response.headers.items()}
            return response.status, headers, await response.read()

    return asyncio.run(ask())


def connect(world: World, name: str) -> http.client.HTTPConnection:
    """Return the standard library's client for an exchange."""
    host = world.exchanges[name].hosts[0].removeprefix("http://")
    return http.client.HTTPConnection(host, timeout=30)


def ask_plainly(connection: http.client.HTTPConnection, name: str) -> http.client.HTTPResponse:
    """Ask for Bitcoin's ticker over a connection of the standard library's client."""
    connection.request(
        "GET", VOICES[name].target(VOICES[name].example), headers={"User-Agent": "test"}
    )
    return connection.getresponse()


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


@pytest.mark.parametrize("kind", SAID)
def test_failures_that_are_said_arrive_as_they_are_said(kind: str) -> None:
    """Status, headers and body of every exchange's error are those of the planned shape."""
    failure = Failure(kind)
    with simulated_exchanges(always(failure), clock_ns=lambda: NOW) as world:
        for name in world.exchanges:
            status, headers, body = seen_by_aiohttp(world, name)
            ways = VOICES[name].shapes[failure]
            question = _question(name)
            expected = ways[world.log[-1].fate.variant % len(ways)](question)
            assert (status, body) == (expected.status, expected.body)
            assert (
                expected.headers.items()
                <= {key: headers.get(key.lower()) for key in expected.headers}.items()
            )


def _question(name: str) -> Question:
    return Question(VOICES[name].example, NOW, agent="", has_body=False)


def test_a_refusal_is_a_reset_before_any_byte() -> None:
    """The client is reset without an answer; a venue that does also other things has a port."""
    plan = Plan(0, Behaviour(failure_rate=0.99, failures=(Failure.REFUSE,)))
    with simulated_exchanges(plan) as world:
        connection = connect(world, "okx")
        with pytest.raises(ConnectionResetError):
            ask_plainly(connection, "okx")
        connection.close()


def test_a_venue_that_always_refuses_has_its_port_closed() -> None:
    """Nobody listens at its ports, mirrors included; the others are open."""
    behaviour = Behaviour(failure_rate=1, failures=(Failure.REFUSE,))
    with simulated_exchanges(Plan(venues={"binance": behaviour})) as world:
        for host in world.exchanges["binance"].hosts:
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", int(host.rpartition(":")[2])))
        assert seen_by_aiohttp(world, "kraken")[0] == 200
        assert {one.exchange for one in world.log} == {"kraken"}


def test_a_reset_comes_in_the_middle_of_the_answer() -> None:
    """The client gets the head and a half of the body, and then a reset."""
    with simulated_exchanges(always(Failure.RESET), clock_ns=lambda: NOW) as world:
        connection = connect(world, "gate")
        response = ask_plainly(connection, "gate")
        length = int(response.headers["Content-Length"])
        half = response.read(length // 2)
        with pytest.raises(ConnectionResetError):
            response.read(1)
        connection.close()
        assert (response.status, half[:1]) == (200, b"[")


def test_aiohttp_sees_a_reset_as_a_broken_answer() -> None:
    """Reading the body fails with aiohttp's error for it."""

    async def ask(world: World) -> None:
        async with client() as session, session.get(address(world, "gate")) as response:
            with pytest.raises(aiohttp.ClientError):
                await response.read()

    with simulated_exchanges(always(Failure.RESET)) as world:
        asyncio.run(ask(world))


def test_a_black_hole_takes_the_request_and_says_nothing() -> None:
    """The request is in the log, and no byte comes."""

    async def ask(world: World) -> None:
        async with client() as session:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(session.get(address(world, "bybit")), 0.3)

    with simulated_exchanges(always(Failure.BLACK_HOLE)) as world:
        asyncio.run(ask(world))
        assert [one.fate.failure for one in world.log] == [Failure.BLACK_HOLE]


def test_a_slow_body_drips_and_promises_much_more() -> None:
    """The first bytes are those of the answer, they come alone, and 10,000 are promised."""

    async def ask(world: World) -> tuple[int | None, bytes]:
        async with client() as session, session.get(address(world, "okx")) as response:
            first = await response.content.readany() + await response.content.readany()
            return response.content_length, first

    with simulated_exchanges(always(Failure.SLOW_BODY)) as world:
        length, first = asyncio.run(ask(world))
    assert length == 10_000
    assert b'{"code":"0","msg":"","data"'.startswith(first)


def test_a_huge_body_has_a_hundred_megabytes() -> None:
    """All of it really comes, and every other time its length is not said before."""

    async def read(world: World) -> set[tuple[int | None, int]]:
        found: set[tuple[int | None, int]] = set()
        async with client() as session:
            for attempt in range(1, 20):
                variant = world.plan.fate("gemini", "btcusd", attempt).variant % 2
                async with session.get(address(world, "gemini")) as response:
                    total = 0
                    if variant not in {length is None for length, _ in found}:
                        async for chunk in response.content.iter_any():
                            total += len(chunk)
                        found.add((response.content_length, total))
                if len(found) == 2:
                    break
        return found

    with simulated_exchanges(always(Failure.HUGE_BODY)) as world:
        assert asyncio.run(read(world)) == {(None, 100 * MEGABYTE), (100 * MEGABYTE,) * 2}


def test_a_redirection_leads_around_for_ever() -> None:
    """A client that follows gives up, and following is not asking again."""

    async def ask(world: World) -> None:
        async with client() as session:
            with pytest.raises(aiohttp.TooManyRedirects):
                await session.get(address(world, "huobi"))

    with simulated_exchanges(always(Failure.REDIRECT)) as world:
        asyncio.run(ask(world))
        assert len(world.log) == 1


def test_a_page_is_a_page() -> None:
    """The client gets status 200 and HTML."""
    with simulated_exchanges(always(Failure.HTML)) as world:
        status, headers, body = seen_by_aiohttp(world, "kucoin")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert body.startswith(b"<!DOCTYPE html>")


def outcome(failure: Failure | None) -> str:
    """Say what a client sees of a failure that a plan holds."""
    if failure in (Failure.REFUSE, Failure.RESET):
        return "broken"
    if failure in (Failure.BLACK_HOLE, Failure.SLOW_BODY):
        return "late"
    return "around" if failure is Failure.REDIRECT else "answer"


def test_the_log_is_the_plan_and_the_clients_see_it() -> None:
    """Each of many requests at once is in the log with its planned fate, and ends like it."""
    kinds = tuple(one for one in Failure if one is not Failure.HUGE_BODY)
    plan = Plan(6, Behaviour(Constant(1_000_000), 0.7, kinds))
    seen: dict[tuple[str, int], str] = {}

    async def ask(session: aiohttp.ClientSession, world: World, market: str) -> None:
        target = world.exchanges["gemini"].hosts[0] + VOICES["gemini"].target(market)
        for attempt in (1, 2, 3):
            # What is never answered needs no long wait; what is answered may need one here.
            is_late = outcome(plan.fate("gemini", market, attempt).failure) == "late"
            seen[market, attempt] = await _outcome(session, target, 0.2 if is_late else 30)

    async def ask_all(world: World) -> None:
        async with client() as session, asyncio.TaskGroup() as group:
            for number in range(20):
                group.create_task(ask(session, world, f"coin{number}usd"))

    with simulated_exchanges(plan) as world:
        asyncio.run(ask_all(world))
        log = world.log
    planned = [
        Served("gemini", market, attempt, plan.fate("gemini", market, attempt))
        for market, attempt in seen
    ]
    assert sorted(log, key=_by_name) == sorted(planned, key=_by_name)
    assert seen == {(one.market, one.attempt): outcome(one.fate.failure) for one in log}


def _by_name(served: Served) -> tuple[str, int]:
    return served.market, served.attempt


async def _outcome(session: aiohttp.ClientSession, target: str, limit_s: float) -> str:
    try:
        async with asyncio.timeout(limit_s), session.get(target) as response:
            await response.read()
    except TimeoutError:
        return "late"
    except aiohttp.TooManyRedirects:
        return "around"
    except aiohttp.ClientError:
        return "broken"
    return "answer"


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
