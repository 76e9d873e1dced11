"""The list of exchanges: what is in it, how one is found, what one more takes."""

from collections import Counter
from decimal import Decimal

import pytest
from tests.spotprice.exchanges.checking import ask

from spotprice.errors import BlockedError, RateLimitedError, UnknownSymbolError, UsageError
from spotprice.exchanges import EXCHANGES, find_exchange
from spotprice.exchanges.base import (
    MILLISECOND,
    Exchange,
    Faults,
    Fields,
    Moment,
    Rate,
    Reply,
    Spelling,
)
from spotprice.quote import Quote
from spotprice.symbol import Symbol

# Weight of one call, and what is allowed of that in how many seconds, as documented.
LIMITS: dict[str, list[tuple[int, int, int]]] = {
    "binance": [(2, 6_000, 60)],
    "coinbase": [(1, 10, 1)],
    "kraken": [(1, 1, 1)],
    "gemini": [(1, 120, 60), (1, 5, 5)],
    "bitstamp": [(1, 400, 1), (1, 10_000, 600)],
    "kucoin": [(15, 2_000, 30)],
    "huobi": [(1, 10, 1)],
    "okx": [(1, 20, 2)],
    "bybit": [(1, 600, 5)],
    "gate": [(1, 200, 10)],
}

EXAMPLE = Exchange(
    id="example",
    name="The Example",
    hosts=("https://api.example.com",),
    path="/price/{market}",
    spelling=Spelling(separator="_", dollars="USDC"),
    fields=Fields(
        last="price.last",
        bid="price.book.0",
        ask="price.book.1",
        volume="amounts.{base}",
        moment=Moment(MILLISECOND, path="at"),
        symbol="of",
    ),
    faults=Faults(
        code="problem.code",
        text="problem.text",
        codes={"7": UnknownSymbolError, "8": RateLimitedError},
        texts={"go away": BlockedError},
    ),
    rate=Rate(requests=5, seconds=1, penalty_s=4),
    also=("ex",),
)


def test_the_order_of_tables() -> None:
    """There are ten, under these ids, in this order."""
    assert [(key, one.id, one.name) for key, one in EXCHANGES.items()] == [
        ("binance", "binance", "Binance"),
        ("coinbase", "coinbase", "Coinbase"),
        ("kraken", "kraken", "Kraken"),
        ("gemini", "gemini", "Gemini"),
        ("bitstamp", "bitstamp", "Bitstamp"),
        ("kucoin", "kucoin", "KuCoin"),
        ("huobi", "huobi", "Huobi"),
        ("okx", "okx", "OKX"),
        ("bybit", "bybit", "Bybit"),
        ("gate", "gate", "Gate"),
    ]


@pytest.mark.parametrize(
    ("name", "exchange_id"),
    [
        ("binance", "binance"),
        ("Coinbase", "coinbase"),
        ("KRAKEN", "kraken"),
        (" Gemini ", "gemini"),
        ("kuCoin", "kucoin"),
        ("HTX", "huobi"),
        ("htx", "huobi"),
        ("Huobi", "huobi"),
        ("okx", "okx"),
        ("Gate.io", "gate"),
        ("gateio", "gate"),
    ],
)
def test_an_exchange_is_found_by_the_names_people_use(name: str, exchange_id: str) -> None:
    """Its id, its name or another name, in capital or small letters."""
    assert find_exchange(name) is EXCHANGES[exchange_id]


@pytest.mark.parametrize("name", ["", "mtgox", "binance us", "*"])
def test_an_unknown_name_is_refused_with_the_known_ones(name: str) -> None:
    """The error names the bad value and what there is."""
    with pytest.raises(UsageError) as caught:
        find_exchange(name)
    assert str(caught.value) == (
        f'"{name}" is no exchange that spotprice knows: choose from binance, coinbase, kraken, '
        "gemini, bitstamp, kucoin, huobi, okx, bybit, gate."
    )


def test_no_two_exchanges_share_a_name() -> None:
    """A name finds one exchange, whatever the order; other names are written in small letters."""
    names = Counter(
        name for one in EXCHANGES.values() for name in {one.id, one.name.casefold(), *one.also}
    )
    assert [name for name, count in names.items() if count > 1] == []
    assert [name for name in names if name != name.casefold().strip()] == []


def test_addresses_can_be_joined() -> None:
    """Every host is HTTPS without a slash at its end, and belongs to one exchange only."""
    hosts = [host for one in EXCHANGES.values() for host in one.hosts]
    assert [host for host in hosts if not host.startswith("https://") or host.endswith("/")] == []
    assert len(hosts) == len(set(hosts))
    for one in EXCHANGES.values():
        assert one.path.startswith("/"), one.id
        assert one.path.count("{market}") == 1, one.id


def test_mirrors() -> None:
    """Three exchanges have a second address for the same interface."""
    mirrors = {one.id: one.hosts[1:] for one in EXCHANGES.values() if len(one.hosts) > 1}
    assert mirrors == {
        "binance": ("https://data-api.binance.vision",),
        "huobi": ("https://api.htx.com", "https://api-aws.huobi.pro"),
        "bybit": ("https://api.bytick.com",),
    }


@pytest.mark.parametrize("venue", EXCHANGES)
def test_the_documented_limit_is_kept(venue: str) -> None:
    """As many calls as we allow, over any of the documented windows, weigh no more than allowed."""
    rate = EXCHANGES[venue].rate
    for weight, allowed, seconds in LIMITS[venue]:
        windows = max(1, -(-seconds // rate.seconds))  # that the documented one can touch
        assert weight * rate.requests * windows <= allowed


def test_only_kraken_is_never_hedged() -> None:
    """A second request within the same second is more than Kraken allows."""
    assert [one.id for one in EXCHANGES.values() if not one.may_hedge] == ["kraken"]


def test_six_exchanges_quote_tether() -> None:
    """The price of a dollar market is in what the exchange really has; others stay as asked."""
    dollars, euros = Symbol("BTC", "USD"), Symbol("BTC", "EUR")
    real = [one.id for one in EXCHANGES.values() if one.spelling.currency(dollars) == "USD"]
    assert real == ["coinbase", "kraken", "gemini", "bitstamp"]
    assert {one.spelling.currency(dollars) for one in EXCHANGES.values()} == {"USD", "USDT"}
    assert {one.spelling.currency(euros) for one in EXCHANGES.values()} == {"EUR"}


def test_one_more_exchange_is_data() -> None:
    """Twenty lines make an exchange that is found, asked and read like the others."""
    assert find_exchange("EX", {"example": EXAMPLE}) is EXAMPLE
    assert EXAMPLE.target(Symbol("BTC", "USD")) == "/price/BTC_USDC"
    body = b"""{"of":"btc/usdc","price":{"last":"100","book":["99","101"]},"at":1795345200000,
        "amounts":{"BTC":"7"}}"""
    answer = ask(EXAMPLE, Reply(200, {}, body))
    assert isinstance(answer, Quote)
    assert (answer.exchange, answer.currency, answer.last) == ("example", "USDC", Decimal(100))
    assert (answer.bid, answer.ask, answer.volume) == (Decimal(99), Decimal(101), Decimal(7))
    assert answer.exchange_ns == 1_795_345_200_000_000_000


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (
            b'{"problem":{"code":7,"text":"What?"}}',
            'example: it has no market BTC_USDC ("7 What?").',
        ),
        (b'{"problem":{"code":8}}', 'example: it was asked too often ("8").'),
        (
            b'{"problem":{"code":9,"text":"Go away!"}}',
            'example: it refuses this address ("9 Go away!").',
        ),
        (
            b'{"problem":{"code":8,"text":"Go away!"}}',
            'example: it was asked too often ("8 Go away!").',
        ),
        (b'{"problem":{"code":0}}', 'example: its answer is not understood ("0").'),
    ],
)
def test_a_code_counts_more_than_words(body: bytes, line: str) -> None:
    """What a code means is exact; words are looked at where the code is not known."""
    assert str(ask(EXAMPLE, Reply(200, {}, body))) == line
