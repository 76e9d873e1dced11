"""What the simulated venues say is understood by the adapters, which were written apart."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotprice.errors import ExchangeError
from spotprice.exchanges import EXCHANGES
from spotprice.exchanges.answer import Times, read_quote
from spotprice.exchanges.base import Reply
from spotprice.quote import Quote
from spotprice.simulated.market import QUOTES, ticker_at
from spotprice.simulated.plan import Behaviour, Failure, Fate, Plan
from spotprice.simulated.venue import Round, Stage, Venue
from spotprice.simulated.voices import VOICES
from spotprice.simulated.voices.base import Question, Speech, padded, plain
from spotprice.symbol import Symbol

NOW = 1_795_345_200_123_456_789
FINE = Fate(0, None, 0)
BITCOIN = Symbol("BTC", "USD")
MARKETS = ("BTC-USD", "BTC-USDT", "DOGE-USD", "ETH-BTC", "USDT-USD", "USDC-USDT", "S17-EUR")

# The unit of each venue's time in nanoseconds. Kraken has none, and Gemini's belongs to the volume.
UNITS = {
    "binance": 1_000_000,
    "coinbase": 1,
    "kraken": None,
    "gemini": None,
    "bitstamp": 1_000_000_000,
    "kucoin": 1_000_000,
    "huobi": 1_000_000,
    "okx": 1_000_000,
    "bybit": 1_000_000,
    "gate": 1_000,
}
TOLD = [
    (name, symbol)
    for name, exchange in EXCHANGES.items()
    for symbol in map(Symbol.parse, MARKETS)
    if exchange.spelling.spell(symbol) is not None
]
SHAPES = [
    (name, failure, variant)
    for name, voice in VOICES.items()
    for failure, ways in voice.shapes.items()
    for variant in range(len(ways))
]

codes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=10)


def venue(name: str) -> Venue:
    """Return a venue at which it is always the same moment."""
    return Venue(VOICES[name], Stage(Plan(seed=1), lambda: NOW))


def ask(market: str) -> Question:
    """Return an ordinary question."""
    return Question(market, NOW, agent="test", has_body=False)


def read(name: str, symbol: Symbol, speech: Speech) -> Quote:
    """Read a speech as the exchange's adapter does."""
    headers = {key.lower(): value for key, value in speech.headers.items()}
    return read_quote(
        EXCHANGES[name],
        symbol,
        Reply(speech.status, headers, speech.body),
        Times(received_ns=NOW, latency_ns=5),
    )


def test_every_exchange_has_a_voice() -> None:
    """Every exchange that spotprice knows can be simulated, under the same id."""
    assert list(VOICES) == list(EXCHANGES)
    assert [voice.id for voice in VOICES.values()] == list(VOICES)


@pytest.mark.parametrize(("name", "symbol"), TOLD, ids=str)
def test_a_ticker_is_read_as_it_was_meant(name: str, symbol: Symbol) -> None:
    """Every number of the market arrives in the quote, and the address is the one asked."""
    exchange, voice = EXCHANGES[name], VOICES[name]
    market = exchange.spelling.spell(symbol) or ""
    real = Symbol(symbol.base, exchange.spelling.currency(symbol))
    truth, unit = ticker_at(1, name, real, NOW), UNITS[name]
    assert exchange.target(symbol) == voice.target(market)
    assert voice.read(market) == real
    assert read(name, symbol, venue(name).speak(ask(market), FINE)) == Quote(
        exchange=name,
        symbol=symbol,
        currency=real.quote,
        last=truth.last,
        bid=truth.bid,
        ask=truth.ask,
        volume=truth.volume,
        exchange_ns=None if unit is None else truth.at_ns - truth.at_ns % unit,
        received_ns=NOW,
        latency_ns=5,
    )


@pytest.mark.parametrize(("name", "failure", "variant"), SHAPES)
def test_every_way_to_fail_is_read_as_that_failure(
    name: str, failure: Failure, variant: int
) -> None:
    """The adapters hear in every error shape what the venue means by it."""
    speech = venue(name).speak(ask(VOICES[name].example), Fate(0, failure, variant))
    with pytest.raises(ExchangeError) as caught:
        read(name, BITCOIN, speech)
    assert caught.value.slug == failure.value


@pytest.mark.parametrize("name", VOICES)
@pytest.mark.parametrize("variant", range(3))
def test_markets_that_are_nowhere_are_unknown(name: str, variant: int) -> None:
    """A market that does not exist is said to be unknown without any failure planned."""
    symbol = Symbol("NOSUCH", "USD")
    market = EXCHANGES[name].spelling.spell(symbol) or ""
    with pytest.raises(ExchangeError) as caught:
        read(name, symbol, venue(name).speak(ask(market), Fate(0, None, variant)))
    assert caught.value.slug == "unknown-symbol"


@pytest.mark.parametrize("name", VOICES)
def test_only_four_venues_have_dollars(name: str) -> None:
    """Asked for a dollar market, a venue that has only tether does not know it."""
    ticker = venue(name).ticker(BITCOIN)
    assert (ticker is not None) == (name in ("coinbase", "kraken", "gemini", "bitstamp"))


@given(st.sampled_from(list(VOICES)), st.text(max_size=30))
def test_any_market_is_answered(name: str, market: str) -> None:
    """Whatever text is asked for, the venue says something: a ticker or that it is unknown."""
    place = venue(name)
    speech = place.speak(ask(market), FINE)
    unknown = place.voice.shapes[Failure.UNKNOWN_SYMBOL][0](ask(market))
    assert speech == unknown or place.voice.read(market) is not None


@given(st.sampled_from(list(VOICES)), codes, st.sampled_from(QUOTES))
def test_every_spelling_is_understood(name: str, base: str, quote: str) -> None:
    """Any market, spelled for a venue as spotprice does, is understood there as what it is."""
    symbol = Symbol(base, quote)
    spelling = EXCHANGES[name].spelling
    market = spelling.spell(symbol)
    if market is not None and base not in spelling.renamed.values():
        assert VOICES[name].read(market) == Symbol(base, spelling.currency(symbol))


def test_throttling_says_until_when() -> None:
    """Kraken's throttling names a moment shortly after the question."""
    speech = venue("kraken").speak(ask("XBTUSD"), Fate(0, Failure.RATE_LIMITED, 3))
    assert speech.body == b'{"error":["EService:Throttled: 1795345205"]}'


def test_kraken_answers_under_names_of_its_own() -> None:
    """Old markets have a longer name in the answer than in the question, new ones have not."""
    keys = {
        market: next(iter(_result(market)))
        for market in ("XBTUSD", "ETHUSD", "XBTUSDT", "SOLUSD", "XDGUSD")
    }
    assert keys == {
        "XBTUSD": "XXBTZUSD",
        "ETHUSD": "XETHZUSD",
        "XBTUSDT": "XBTUSDT",
        "SOLUSD": "SOLUSD",
        "XDGUSD": "XDGUSD",
    }


def _result(market: str) -> list[str]:
    result: dict[str, object] = json.loads(venue("kraken").speak(ask(market), FINE).body)["result"]
    return list(result)


def test_bitstamps_array_of_all_markets_is_as_large_as_the_real_one() -> None:
    """An unknown market brings some 80 KB."""
    assert 70_000 < len(venue("bitstamp").speak(ask("nosuchusd"), FINE).body) < 90_000


@pytest.mark.parametrize(
    ("name", "question", "status"),
    [
        ("coinbase", Question("BTC-USD", NOW, agent="", has_body=False), 400),
        ("bybit", Question("BTCUSDT", NOW, agent="test", has_body=True), 403),
    ],
)
def test_venues_insist_on_good_manners(name: str, question: Question, status: int) -> None:
    """Coinbase wants to know who asks; Bybit wants no body with a GET; others do not mind."""
    for voice in VOICES.values():
        objection = voice.objects(question)
        assert (objection.status if objection else 0) == (status if voice.id == name else 0)


@given(st.decimals(0, 10**9, places=12), st.integers(1, 8))
def test_numbers_are_written_whole(number: Decimal, places: int) -> None:
    """However a number is written, it reads back as itself and has no exponent."""
    for text in (plain(number), padded(number, places)):
        assert Decimal(text) == number
        assert "E" not in text
    assert len(padded(number, places).partition(".")[2]) >= places


def test_a_venue_counts_what_it_is_asked() -> None:
    """Each market of each venue has its own count, and the log says what became of each."""
    stage = Stage(Plan(4, Behaviour(failure_rate=0.5)), lambda: NOW)
    gate, okx = Venue(VOICES["gate"], stage), Venue(VOICES["okx"], stage)
    fates = [gate.next_fate("A"), gate.next_fate("B"), okx.next_fate("A"), gate.next_fate("A")]
    assert [(one.exchange, one.market, one.attempt) for one in stage.round.log] == [
        ("gate", "A", 1),
        ("gate", "B", 1),
        ("okx", "A", 1),
        ("gate", "A", 2),
    ]
    assert [one.fate for one in stage.round.log] == fates


def test_what_is_said_follows_time_and_seed() -> None:
    """The same question later, or after another plan began, gets the ticker of then."""
    moments = iter((NOW, NOW, NOW + 60_000_000_000, NOW))
    stage = Stage(Plan(seed=1), lambda: next(moments))
    place = Venue(VOICES["okx"], stage)
    said = [place.speak(ask("BTC-USDT"), FINE) for _ in range(3)]
    stage.round = Round(Plan(seed=2))
    said.append(place.speak(ask("BTC-USDT"), FINE))
    in_tether = Symbol("BTC", "USDT")
    assert said == [
        VOICES["okx"].tell(ticker_at(seed, "okx", in_tether, at_ns))
        for seed, at_ns in ((1, NOW), (1, NOW), (1, NOW + 60_000_000_000), (2, NOW))
    ]


def test_ever_new_markets_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a number of markets counts and kept words begin anew; answers stay right."""
    monkeypatch.setattr("spotprice.simulated.venue._MOST_MARKETS", 3)
    monkeypatch.setattr("spotprice.simulated.venue._MOST_TOLD", 3)
    place = venue("okx")
    for market in ("A-USDT", "B-USDT", "C-USDT", "D-USDT", "A-USDT"):
        place.next_fate(market)
        symbol = Symbol(market[0], "USDT")
        assert place.speak(ask(market), FINE) == place.voice.tell(ticker_at(1, "okx", symbol, NOW))
    assert [one.attempt for one in place.stage.round.log] == [1, 1, 1, 1, 1]
    assert len(place._told) == 2
