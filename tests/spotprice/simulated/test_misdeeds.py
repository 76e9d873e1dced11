"""Real clients see every failure as what it claims to be."""

import asyncio
import socket

import aiohttp
import pytest
from tests.spotprice.simulated.clients import (
    address,
    always,
    ask_plainly,
    client,
    connect,
    seen_by_aiohttp,
)

from spotprice.simulated.latency import Constant
from spotprice.simulated.plan import Behaviour, Failure, Plan
from spotprice.simulated.running import World, simulated_exchanges
from spotprice.simulated.venue import Served
from spotprice.simulated.voices import VOICES
from spotprice.simulated.voices.base import Question

NOW = 1_795_345_200_123_456_789
MEGABYTE = 1024 * 1024
SAID = ("unknown-symbol", "rate-limited", "blocked", "maintenance", "server")


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
