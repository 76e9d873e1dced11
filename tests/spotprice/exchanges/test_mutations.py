"""One thing in a good answer is wrong: what is left is a true quote, or an error."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.spotprice.exchanges.checking import VENUES, ask, assert_sound, describe, quote_of
from tests.spotprice.exchanges.sample import NOW_NS, SECOND

from spotprice.errors import BadResponseError
from spotprice.exchanges import EXCHANGES
from spotprice.exchanges.base import ISO_8601, Moment, Reply
from spotprice.quote import Quote
from spotprice.symbol import Symbol

_MARK = "the mutated value"

WRONG_TYPES = ("null", "true", "false", "[]", "{}", '["1"]', '{"1":"1"}')
NOT_NUMBERS = (
    '""',
    '" "',
    '"NaN"',
    '"nan"',
    '"sNaN"',
    '"Infinity"',
    '"-Infinity"',
    '"abc"',
    '"1_000"',
    '" 1"',
    '"1 "',
    '"+1"',
    '"1,5"',
    '"0x1F"',
    '"٣"',
    '"１"',
    '"1e"',
    '"."',
    '"\\u001b[31m1"',
    '"\\ud800"',
    '"\\u0000"',
)
OUT_OF_RANGE = (
    "-1",
    '"-1"',
    "-0.5",
    "1e400",
    '"1e400"',
    "-1e400",
    "1e99999999999999999999",
    '"1e99999999999999999999"',
    "9" * 5_000,
    '"' + "9" * 100_000 + '"',
    "0." + "9" * 5_000,
    '"' + "0" * 30 + '1"',
    '"1e30"',
)
JUNK = WRONG_TYPES + NOT_NUMBERS + OUT_OF_RANGE
NO_PRICES = (*JUNK, "0", '"0"', "0.0", '"0.00000000"', "0e5", '"1e-30"', '"1000000000001"')
NO_MOMENTS = (
    *JUNK,
    "0",
    '"0"',
    '"1795345200.123"',
    '"12"',
    '"99999999999999999999"',
    "9999999999999",
    '"2026-11-22"',
    '"2026-13-22T10:00:00Z"',
    '"2026-11-22T10:00:00+05:00"',
    '"0000-00-00T00:00:00Z"',
    '"9999-12-31T23:59:59Z"',
    '"1970-01-01T00:00:00Z"',
)
OTHER_MARKETS = (
    *WRONG_TYPES,
    '""',
    '"ETHUSDT"',
    '"BTC-USDTX"',
    '"X/BTCUSD"',
    '"BTCU\u017fDT"',  # its capital letters are BTCUSDT
    '"BTC\u00b7USDT"',
    '"' + "A" * 9_999 + '"',
)

MOMENTS = [(one.id, one.fields.moment) for one in EXCHANGES.values() if one.fields.moment]
REPEATING = [one.id for one in EXCHANGES.values() if one.fields.symbol]


def _find(data: Any, path: str) -> tuple[Any, Any]:
    """Find the object or list in which a path ends, and the key or index there."""
    for way in path.split("|"):
        *steps, end = way.replace("{base}", "BTC").split(".")
        here = data
        for step in steps:
            if step == "*":
                here = next(iter(here.values()))
            else:
                here = here[int(step)] if isinstance(here, list) else here[step]
        if isinstance(here, list):
            return here, int(end)
        if end in here:
            return here, end
    raise AssertionError(path)


def mutated(venue: str, path: str, literal: str | None) -> Reply:
    """Return the plain good answer with another value at a path; with none at all for None."""
    reply = VENUES[venue].good[0].reply
    data = json.loads(reply.body)
    parent, key = _find(data, path)
    if literal is not None:
        parent[key] = _MARK
    elif isinstance(parent, list):
        del parent[key:]  # the next entry must not take its place
    else:
        del parent[key]
    return replace(reply, body=json.dumps(data).replace(f'"{_MARK}"', literal or "").encode())


def plain(venue: str) -> Quote:
    """The quote of the plain good answer."""
    return quote_of(venue, VENUES[venue].good[0])


def test_a_mutation_changes_one_value_only() -> None:
    """The tool of these tests leaves the rest of the answer as it was."""
    for venue, exchange in EXCHANGES.items():
        answer = ask(exchange, mutated(venue, exchange.fields.last, '"62830.25"'))
        assert answer == replace(plain(venue), last=Decimal("62830.25")), venue


@pytest.mark.parametrize("venue", EXCHANGES)
def test_a_bad_last_price_is_always_a_bad_response(venue: str) -> None:
    """Without a price that can be believed there is no quote."""
    exchange = EXCHANGES[venue]
    for literal in (None, *NO_PRICES):
        answer = ask(exchange, mutated(venue, exchange.fields.last, literal))
        assert type(answer) is BadResponseError, literal
        assert_sound(exchange, answer)


@pytest.mark.parametrize("side", ["bid", "ask"])
@pytest.mark.parametrize("venue", EXCHANGES)
def test_a_bad_side_of_the_book_is_none(venue: str, side: str) -> None:
    """A bid or ask that is no price is left out, and nothing else of the quote changes."""
    exchange = EXCHANGES[venue]
    left_out: dict[str, Any] = {side: None}
    for literal in (None, *NO_PRICES):
        answer = ask(exchange, mutated(venue, getattr(exchange.fields, side), literal))
        assert answer == replace(plain(venue), **left_out), literal


@pytest.mark.parametrize("venue", EXCHANGES)
def test_a_crossed_book_is_a_bad_response(venue: str) -> None:
    """A bid above the ask means that one of them is wrong; a bid equal to it may be."""
    exchange = EXCHANGES[venue]
    good = plain(venue)
    answer = ask(exchange, mutated(venue, exchange.fields.ask, f'"{good.bid}"'))
    assert answer == replace(good, ask=good.bid)
    answer = ask(exchange, mutated(venue, exchange.fields.bid, '"99999999"'))
    assert describe(answer) == (
        BadResponseError,
        venue,
        f"its book is crossed: bid 99999999 above ask {good.ask}",
        None,
    )


@pytest.mark.parametrize("venue", EXCHANGES)
def test_a_bad_volume_is_none(venue: str) -> None:
    """A volume that is no amount is left out; zero is an amount."""
    exchange = EXCHANGES[venue]
    for literal in (None, *JUNK):
        answer = ask(exchange, mutated(venue, exchange.fields.volume, literal))
        assert answer == replace(plain(venue), volume=None), literal
    answer = ask(exchange, mutated(venue, exchange.fields.volume, "0"))
    assert answer == replace(plain(venue), volume=Decimal(0))


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("venue", EXCHANGES)
def test_what_only_python_takes_for_json_is_a_bad_response(venue: str, literal: str) -> None:
    """A bare NaN or Infinity, wherever it stands, makes the answer something else than JSON."""
    exchange = EXCHANGES[venue]
    for path in (exchange.fields.last, exchange.fields.volume):
        answer = ask(exchange, mutated(venue, path, literal))
        assert type(answer) is BadResponseError
        assert_sound(exchange, answer)


def _at(venue: str, moment: Moment, literal: str | None) -> Quote:
    """The quote of the plain good answer with another time."""
    if moment.path:
        reply = mutated(venue, moment.path, literal)
    else:
        headers = {} if literal is None else {moment.header: literal.strip('"')}
        reply = replace(VENUES[venue].good[0].reply, headers=headers)
    answer = ask(EXCHANGES[venue], reply)
    assert isinstance(answer, Quote), literal
    return answer


@pytest.mark.parametrize(("venue", "moment"), MOMENTS)
def test_a_time_that_cannot_be_is_none(venue: str, moment: Moment) -> None:
    """A time of another form, before there were exchanges or in the future, is left out."""
    for literal in (None, *NO_MOMENTS):
        assert _at(venue, moment, literal) == replace(plain(venue), exchange_ns=None), literal


@pytest.mark.parametrize(("venue", "moment"), MOMENTS)
def test_a_clock_may_be_a_minute_ahead_and_no_more(venue: str, moment: Moment) -> None:
    """A time slightly in the future is the exchange's clock; more than a minute is an error."""
    for ahead_s, is_taken in ((59, True), (61, False)):
        at_s = NOW_NS // SECOND + ahead_s
        text = datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if moment.unit_ns != ISO_8601:
            text = str(at_s * SECOND // moment.unit_ns)
        at_ns = at_s * SECOND if is_taken else None
        assert _at(venue, moment, f'"{text}"') == replace(plain(venue), exchange_ns=at_ns)


@pytest.mark.parametrize("venue", REPEATING)
def test_an_answer_about_another_market_is_a_bad_response(venue: str) -> None:
    """Where the answer repeats the market, it is the one asked for, or there is no quote."""
    exchange = EXCHANGES[venue]
    for literal in OTHER_MARKETS:
        answer = ask(exchange, mutated(venue, exchange.fields.symbol, literal))
        assert type(answer) is BadResponseError, literal
        assert_sound(exchange, answer)
    other = ask(exchange, VENUES[venue].good[0].reply, "ETH-USD")
    asked = exchange.fields.symbol_form.format(market=exchange.spelling.spell(Symbol("ETH", "USD")))
    assert str(other).startswith(f"{venue}: it was asked for {asked} and answers ")


@pytest.mark.parametrize("venue", REPEATING)
def test_an_answer_need_not_repeat_the_market(venue: str) -> None:
    """An answer that does not say which market it is about is believed."""
    exchange = EXCHANGES[venue]
    assert ask(exchange, mutated(venue, exchange.fields.symbol, None)) == plain(venue)


def test_three_exchanges_do_not_repeat_the_market() -> None:
    """An answer about another market can be told from a right one at all others."""
    assert sorted(set(EXCHANGES) - set(REPEATING)) == ["coinbase", "gemini", "kraken"]
