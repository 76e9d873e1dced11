"""Partial updates become whole quotes."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from spotprice.errors import BadResponseError
from spotprice.exchanges import EXCHANGES
from spotprice.quote import Quote
from spotprice.streams.base import UNSAID, Update
from spotprice.streams.merge import Market
from spotprice.symbol import Symbol

BITCOIN = Symbol("BTC", "USD")


def a_quote(
    last: int, bid: int | None, ask: int | None, volume: int | None = None, at_ns: int | None = None
) -> Quote:
    """Make what a merged quote of Bybit should be, received at 7."""
    return Quote(
        exchange="bybit",
        symbol=BITCOIN,
        currency="USDT",
        last=Decimal(last),
        bid=None if bid is None else Decimal(bid),
        ask=None if ask is None else Decimal(ask),
        volume=None if volume is None else Decimal(volume),
        exchange_ns=at_ns,
        received_ns=7,
        latency_ns=0,
    )


def merge(*updates: Update, known: Quote | None = None) -> list[object]:
    """Take updates one after the other; errors come as their text."""
    market = Market(EXCHANGES["bybit"], BITCOIN, known)
    taken = [market.take(update, 7) for update in updates]
    return [str(one) if isinstance(one, BadResponseError) else one for one in taken]


def test_book_and_trades_from_two_channels_make_one_quote() -> None:
    """There is a quote from the first price on, and it has what was said before that."""
    assert merge(
        Update("m", bid=Decimal(9), ask=Decimal(11)),
        Update("m", Decimal(10), volume=Decimal(5), exchange_ns=3),
        Update("m", bid=Decimal(8)),
        Update("m", Decimal(12), exchange_ns=4),
    ) == [None, a_quote(10, 9, 11, 5, 3), a_quote(10, 8, 11, 5), a_quote(12, 8, 11, 5, 4)]


def test_a_side_that_is_empty_is_not_the_old_one() -> None:
    """Nobody there is something else than nothing said."""
    assert merge(
        Update("m", Decimal(10), Decimal(9), Decimal(11)),
        Update("m", bid=None),
        Update("m", ask=UNSAID),
    ) == [a_quote(10, 9, 11), a_quote(10, None, 11), a_quote(10, None, 11)]


def test_a_side_that_overtakes_the_other_drops_it() -> None:
    """Sides that come one by one look crossed on the way; the later one is the true one."""
    assert merge(
        Update("m", Decimal(10), Decimal(9), Decimal(11)),
        Update("m", bid=Decimal(12)),
        Update("m", ask=Decimal(13)),
        Update("m", ask=Decimal(8)),
    ) == [a_quote(10, 9, 11), a_quote(10, 12, None), a_quote(10, 12, 13), a_quote(10, None, 8)]


def test_a_crossed_book_in_one_message_is_not_believed() -> None:
    """It is an error, and leaves what was known as it was."""
    assert merge(
        Update("m", Decimal(10), Decimal(9), Decimal(11)),
        Update("m", Decimal(20), Decimal(22), Decimal(21)),
        Update("m"),
    ) == [
        a_quote(10, 9, 11),
        "bybit: its book is crossed: bid 22 above ask 21.",
        a_quote(10, 9, 11),
    ]


def test_a_quote_from_elsewhere_gives_price_and_volume_but_no_book() -> None:
    """A stream without a ticker begins with the last trade that the HTTP answer told."""
    known = a_quote(10, 9, 11, 5)
    assert merge(Update("m", bid=Decimal(8)), known=known) == [a_quote(10, 8, None, 5)]


def test_an_interruption_takes_the_book_but_not_the_price() -> None:
    """After a connection broke, only what cannot be untrue is kept."""
    market = Market(EXCHANGES["bybit"], BITCOIN)
    market.take(Update("m", Decimal(10), Decimal(9), Decimal(11), Decimal(5)), 7)
    market.forget_book()
    assert market.take(Update("m", ask=Decimal(12)), 7) == a_quote(10, None, 12, 5)


PRICES = st.integers(1, 9).map(Decimal)
SIDES = st.just(UNSAID) | st.none() | PRICES
UPDATES = st.builds(Update, st.just("m"), st.none() | PRICES, SIDES, SIDES, st.none() | PRICES)


@given(st.lists(UPDATES, max_size=9))
def test_no_quote_is_ever_crossed(updates: list[Update]) -> None:
    """Whatever comes in whatever order, every quote is one that can be believed."""
    market = Market(EXCHANGES["bybit"], BITCOIN)
    for update in updates:
        answer = market.take(update, 7)
        if isinstance(answer, Quote):
            assert answer.bid is None or answer.ask is None or answer.bid <= answer.ask
