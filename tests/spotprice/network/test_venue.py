"""One exchange is asked: hedges, retries, limits and circuits, in virtual time."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from tests.spotprice.network.scripted import BITCOIN, GOOD, Scripted, an_exchange, virtually

from spotprice.errors import (
    BadResponseError,
    BlockedError,
    ConnectError,
    ExchangeError,
    MaintenanceError,
    NetworkError,
    RateLimitedError,
    ServerError,
    UnknownSymbolError,
)
from spotprice.exchanges.base import Faults, Rate, Reply, Spelling
from spotprice.network.venue import Venue
from spotprice.quote import Quote
from spotprice.symbol import Symbol

ADDRESSES = ("http://one/BTC-USD", "http://two/BTC-USD")
RESET = NetworkError("market", "the connection broke")
REFUSED = ConnectError("market", "no connection")
OVERLOAD = Reply(503, {}, b"{}")


def venue(transport: Scripted, *, hedges: bool = True, **changed: Any) -> Venue:
    """Return a venue that sends through a script."""
    return Venue(an_exchange(**changed), transport, hedges=hedges, limits=True)


def ask(one: Venue, ends_s: float = 1.0) -> tuple[Quote | ExchangeError, float]:
    """Ask a venue for one quote; return the outcome and the seconds it took."""

    async def main() -> Quote | ExchangeError:
        try:
            return await one.quote(BITCOIN, ends_s)
        except ExchangeError as error:
            return error

    return virtually(main)


def test_a_quick_answer_needs_one_request() -> None:
    """An answer before the hedge is due is the only request."""
    transport = Scripted([(0.1, GOOD)])
    quote, took_s = ask(venue(transport))
    assert isinstance(quote, Quote)
    assert (quote.last, quote.latency_ns, took_s) == (Decimal(100), 100_000_000, 0.1)
    assert transport.asked == [(0.0, ADDRESSES[0])]


def test_a_late_answer_is_hedged_at_the_mirror() -> None:
    """After 150 ms without an answer the mirror is asked, and the first good answer wins."""
    transport = Scripted([(0.9, GOOD), (0.2, GOOD)])
    quote, took_s = ask(venue(transport))
    assert isinstance(quote, Quote)
    assert (quote.latency_ns, took_s) == (200_000_000, 0.35)
    assert transport.asked == [(0.0, ADDRESSES[0]), (0.15, ADDRESSES[1])]
    assert transport.ended == [1]


def test_a_failing_first_request_waits_for_its_hedge() -> None:
    """A failure is not the answer while another request is under way."""
    transport = Scripted([(0.5, RESET), (0.5, GOOD)])
    outcome, took_s = ask(venue(transport))
    assert isinstance(outcome, Quote)
    assert took_s == 0.65


def test_when_all_fail_the_first_failure_is_told() -> None:
    """Two failures give the first one's error, when the second has come too."""
    transport = Scripted([(0.5, RESET), (0.5, OVERLOAD)])
    outcome, took_s = ask(venue(transport))
    assert (type(outcome), took_s) == (NetworkError, 0.65)
    assert len(transport.asked) == 2


@pytest.mark.parametrize(
    ("first", "kind"), [(RESET, NetworkError), (OVERLOAD, ServerError), (REFUSED, ConnectError)]
)
def test_a_fast_failure_is_retried_once(first: Any, kind: type[ExchangeError]) -> None:
    """What failed at once, and may go better, is asked again at once."""
    lucky = Scripted([(0.01, first), (0.1, GOOD)])
    assert isinstance(ask(venue(lucky, hedges=False))[0], Quote)
    assert [when for when, _ in lucky.asked] == [0.0, 0.01]
    unlucky = Scripted([(0.01, first)])
    outcome, _ = ask(venue(unlucky, hedges=False))
    assert (type(outcome), len(unlucky.asked)) == (kind, 3)


def test_a_retry_that_is_late_is_hedged() -> None:
    """A failure at once does not use up the second request for what is late."""
    transport = Scripted([(0.0, REFUSED), (0.9, GOOD), (0.2, GOOD)])
    outcome, took_s = ask(venue(transport))
    assert isinstance(outcome, Quote)
    assert ([when for when, _ in transport.asked], took_s) == ([0.0, 0.0, 0.15], 0.35)


def test_the_retry_of_a_hedge_ends_the_first_request() -> None:
    """Where the hedge fails at once and its retry is answered, nobody waits for the first."""
    transport = Scripted([(0.9, GOOD), (0.01, RESET), (0.2, GOOD)])
    outcome, took_s = ask(venue(transport))
    assert isinstance(outcome, Quote)
    assert (took_s, transport.ended) == (0.36, [1, 2])


def test_a_hedge_that_fails_leaves_the_first_request_alone() -> None:
    """A failure of the second request is no reason to give up the first."""
    transport = Scripted([(0.6, GOOD), (0.3, Reply(429, {}, b"{}"))])
    outcome, took_s = ask(venue(transport))
    assert isinstance(outcome, Quote)
    assert took_s == 0.6


def test_a_slow_failure_is_not_retried() -> None:
    """A failure that took longer than half of what is left leaves no time for another try."""
    transport = Scripted([(0.5, RESET), (0.1, GOOD)])
    outcome, took_s = ask(venue(transport, hedges=False))
    assert (type(outcome), took_s, len(transport.asked)) == (NetworkError, 0.5, 1)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(429, {}, b"{}"), RateLimitedError),
        (Reply(503, {}, b"<html>under maintenance"), MaintenanceError),
        (Reply(200, {}, b"<html>"), BadResponseError),
    ],
)
def test_what_cannot_get_better_is_not_retried(reply: Reply, kind: type[ExchangeError]) -> None:
    """A refusal or an answer that makes no sense is final."""
    transport = Scripted([(0.01, reply), (0.01, GOOD)])
    outcome, _ = ask(venue(transport))
    assert (type(outcome), len(transport.asked)) == (kind, 1)


def test_an_unknown_market_ends_the_race() -> None:
    """No hedge is waited for when the exchange says that there is no such market."""
    unknown = Reply(200, {}, b'{"error": "no such market"}')
    transport = Scripted([(0.2, unknown), (0.7, GOOD)])
    faults = Faults(code="error", text="", texts={"no such market": UnknownSymbolError})
    outcome, took_s = ask(venue(transport, faults=faults))
    assert (type(outcome), took_s) == (UnknownSymbolError, 0.2)


def test_a_market_that_cannot_exist_is_not_asked_for() -> None:
    """An exchange that quotes tether has no price of tether in dollars."""
    transport = Scripted([(0.0, GOOD)])
    one = venue(transport, spelling=Spelling(dollars="USDT"))

    async def main() -> None:
        with pytest.raises(UnknownSymbolError):
            await one.quote(Symbol("USDT", "USD"), 1.0)

    virtually(main)
    assert transport.asked == []


def test_a_hedge_never_goes_to_an_exchange_that_forbids_it() -> None:
    """Where a second request is too many, the first one's answer is waited for."""
    transport = Scripted([(0.9, GOOD)])
    quote, took_s = ask(venue(transport, may_hedge=False))
    assert isinstance(quote, Quote)
    assert (took_s, len(transport.asked)) == (0.9, 1)


def test_the_limit_is_waited_for_within_the_deadline() -> None:
    """The request that is one too many goes out when the limit lets it through."""
    transport = Scripted([(0.1, GOOD)])
    one = venue(transport, rate=Rate(requests=2, seconds=1), may_hedge=False)

    async def main() -> list[Any]:
        asked = [one.quote(BITCOIN, 3.0) for _ in range(4)]
        return await asyncio.gather(*asked)

    _, took_s = virtually(main)
    assert [when for when, _ in transport.asked] == [0.0, 0.0, 1.0, 1.0]
    assert took_s == 1.1


def test_what_the_limit_lets_through_too_late_is_not_asked() -> None:
    """A request that would have to wait past the deadline is an error at once, with the time."""
    transport = Scripted([(0.1, GOOD)])
    one = venue(transport, rate=Rate(requests=1, seconds=5))
    ask(one)
    outcome, took_s = ask(one)
    assert isinstance(outcome, RateLimitedError)
    assert (outcome.retry_after_s, took_s, len(transport.asked)) == (5.0, 0.0, 1)


def test_a_connection_that_was_not_made_is_not_counted() -> None:
    """A refused connection leaves the limit as it was, so that it can be tried again."""
    transport = Scripted([(0.01, REFUSED), (0.1, GOOD)])
    outcome, _ = ask(venue(transport, rate=Rate(requests=1, seconds=1), may_hedge=False))
    assert isinstance(outcome, Quote)
    assert len(transport.asked) == 2


def test_a_ban_is_respected() -> None:
    """After Retry-After: 30 nobody is asked for 30 s, and then again."""
    transport = Scripted([(0.1, Reply(429, {"retry-after": "30"}, b"{}")), (0.1, GOOD)])
    one = venue(transport)

    async def main() -> list[str]:
        told = []
        for pause_s in (0.0, 1.0, 29.0):
            await asyncio.sleep(pause_s)
            try:
                await one.quote(BITCOIN, asyncio.get_running_loop().time() + 1)
                told.append("quote")
            except RateLimitedError as error:
                told.append(str(error.retry_after_s))
        return told

    told, _ = virtually(main)
    assert told == ["30.0", "29.0", "quote"]
    assert len(transport.asked) == 2


def test_a_failing_server_that_names_a_time_is_left_alone_until_then() -> None:
    """A 503 with Retry-After is not retried, and nobody asks again before that."""
    transport = Scripted([(0.01, Reply(503, {"retry-after": "5"}, b"{}")), (0.1, GOOD)])
    one = venue(transport)
    assert [type(ask(one)[0]) for _ in range(2)] == [ServerError, ServerError]
    assert len(transport.asked) == 1


def test_an_address_that_blocks_is_passed_over_for_its_mirror() -> None:
    """A refusal for the country makes the mirror be asked at once, and from then on."""
    transport = Scripted([(0.1, Reply(451, {}, b"{}")), (0.1, GOOD), (0.1, GOOD)])
    one = venue(transport, hedges=False)
    assert [isinstance(ask(one)[0], Quote) for _ in range(2)] == [True, True]
    usual, mirror = ADDRESSES
    assert [address for _, address in transport.asked] == [usual, mirror, mirror]


def test_where_every_address_blocks_nobody_is_asked_again() -> None:
    """With all circuits open the refusal is repeated without a request."""
    transport = Scripted([(0.1, Reply(451, {}, b"{}"))])
    one = venue(transport, hedges=False)
    assert isinstance(ask(one)[0], BlockedError)
    asked = len(transport.asked)
    again, took_s = ask(one)
    assert isinstance(again, BlockedError)
    assert (took_s, len(transport.asked), asked) == (0.0, 2, 2)


def test_cancellation_leaves_no_request_behind() -> None:
    """A cancelled quote cancels both of its requests and lets the cancellation through."""
    transport = Scripted([(5.0, GOOD)])
    one = venue(transport)

    async def main() -> int:
        task = asyncio.create_task(one.quote(BITCOIN, 10.0))
        await asyncio.sleep(0.5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return len(asyncio.all_tasks())

    left, _ = virtually(main)
    assert (left, len(transport.asked), transport.ended) == (1, 2, [])
