"""What the exchanges' documentation shows is read as it says."""

import pytest
from tests.spotprice.exchanges.checking import VENUES, ask, assert_sound, describe, quote_of
from tests.spotprice.exchanges.sample import Bad, Good

from spotprice.exchanges import EXCHANGES
from spotprice.symbol import Symbol

GOOD = [
    pytest.param(venue, good, id=f"{venue}: {good.name}")
    for venue, samples in VENUES.items()
    for good in samples.good
]
BAD = [
    pytest.param(venue, bad, id=f"{venue}: {bad.name}")
    for venue, samples in VENUES.items()
    for bad in samples.bad
]
TARGETS = [
    pytest.param(venue, symbol, target, id=f"{venue}: {symbol}")
    for venue, samples in VENUES.items()
    for symbol, target in samples.targets.items()
]


@pytest.mark.parametrize(("venue", "good"), GOOD)
def test_a_documented_answer_becomes_a_quote(venue: str, good: Good) -> None:
    """Every field of the quote is what the documentation says of the answer."""
    assert ask(EXCHANGES[venue], good.reply, good.symbol) == quote_of(venue, good)


@pytest.mark.parametrize(("venue", "bad"), BAD)
def test_a_documented_error_becomes_the_error_it_is(venue: str, bad: Bad) -> None:
    """Kind, words and time to stay away are those of the error, whatever the HTTP status."""
    answer = ask(EXCHANGES[venue], bad.reply, bad.symbol)
    assert describe(answer) == (bad.error, venue, bad.reason, bad.retry_after_s)
    assert_sound(EXCHANGES[venue], answer)


@pytest.mark.parametrize(("venue", "symbol", "target"), TARGETS)
def test_a_market_is_asked_for_as_the_exchange_spells_it(
    venue: str, symbol: str, target: str | None
) -> None:
    """Path and query are the exchange's own; a market that cannot exist is not asked for."""
    assert EXCHANGES[venue].target(Symbol.parse(symbol)) == target


def test_every_exchange_has_samples() -> None:
    """Each exchange has its file, with a full quote, the five spellings and an unknown market."""
    assert set(VENUES) == set(EXCHANGES)
    usual = {"BTC-USD", "BTC-USDT", "DOGE-USD", "ETH-EUR", "USDT-USD"}
    for venue, samples in VENUES.items():
        assert usual <= set(samples.targets), venue
        assert samples.good[0].symbol == "BTC-USD", venue
        assert any(bad.name.startswith("unknown market") for bad in samples.bad), venue


def test_every_kind_of_error_in_the_tables_of_an_exchange_has_a_sample() -> None:
    """No code and no words are looked for that no sample shows."""
    for venue, samples in VENUES.items():
        faults = EXCHANGES[venue].faults
        shown = " ".join(bad.body for bad in samples.bad)
        assert [code for code in faults.codes if code not in shown] == [], venue
        assert [text for text in faults.texts if text not in shown.lower()] == [], venue
        assert set(faults.statuses) <= {bad.status for bad in samples.bad}, venue
