"""The client against the simulated exchanges, over real sockets: every venue, every failure."""

import asyncio
from collections.abc import Iterator, Mapping

import pytest

from spotprice.aggregate import aggregate_prices
from spotprice.client import Client, Survey
from spotprice.errors import ExchangeError
from spotprice.exchanges import EXCHANGES
from spotprice.quote import Answer, Quote
from spotprice.simulated.latency import parse_latency
from spotprice.simulated.market import ticker_at
from spotprice.simulated.plan import Behaviour, Failure, Plan
from spotprice.simulated.running import World, simulated_exchanges
from spotprice.symbol import Symbol

BITCOIN = Symbol("BTC", "USD")
TETHERED = {"binance", "kucoin", "huobi", "okx", "bybit", "gate"}
PASSING = (
    Failure.RESET,
    Failure.BLACK_HOLE,
    Failure.SLOW_BODY,
    Failure.SERVER,
    Failure.HTML,
    Failure.REDIRECT,
)
SLUGS = {
    Failure.REFUSE: "network",
    Failure.RESET: "network",
    Failure.BLACK_HOLE: "timeout",
    Failure.SLOW_BODY: "timeout",
    Failure.HUGE_BODY: "bad-response",
    Failure.REDIRECT: "bad-response",
    Failure.HTML: "bad-response",
}
SAID = (
    Failure.UNKNOWN_SYMBOL,
    Failure.RATE_LIMITED,
    Failure.BLOCKED,
    Failure.MAINTENANCE,
    Failure.SERVER,
)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """The simulated exchanges, at addresses of this machine."""
    with simulated_exchanges(Plan()) as running:
        yield running


def ask(world: World, symbol: Symbol = BITCOIN, deadline_s: float = 5.0) -> Mapping[str, Answer]:
    """Ask all ten once, each with one request only; return their answers."""
    return survey(world, symbol, deadline_s).answers[symbol]


def survey(world: World, symbol: Symbol, deadline_s: float, *, hedges: bool = False) -> Survey:
    """Ask all ten once with a client that knows nothing."""

    async def main() -> Survey:
        async with Client(world.exchanges, hedges=hedges, limits=False) as client:
            return await client.survey(list(EXCHANGES), [symbol], deadline_s)

    return asyncio.run(main())


def served(world: World, exchange: str, symbol: Symbol = BITCOIN) -> list[Failure | None]:
    """Return what the requests for a market at an exchange met with."""
    market = EXCHANGES[exchange].spelling.spell(symbol)
    return [
        one.fate.failure for one in world.log if (one.exchange, one.market) == (exchange, market)
    ]


def always(failure: Failure) -> Behaviour:
    """Return the behaviour of an exchange that fails in one way (with its port still open)."""
    return Behaviour(failure_rate=0.999_999, failures=(failure,))


def slug(failure: Failure) -> str:
    """Return the slug of the error that a failure comes to."""
    return SLUGS.get(failure, str(failure))


@pytest.mark.parametrize("text", ["BTC-USD", "ETH-USDT", "DOGE-USD", "SOL-EUR"])
def test_all_ten_give_a_quote(world: World, text: str) -> None:
    """Every exchange's answer becomes a quote of the right market in the right currency."""
    world.play(Plan())
    symbol = Symbol.parse(text)
    found = ask(world, symbol)
    assert list(found) == list(EXCHANGES)
    for name, quote in found.items():
        assert isinstance(quote, Quote), quote
        is_tether = symbol.quote == "USD" and name in TETHERED
        assert (quote.exchange, quote.symbol) == (name, symbol)
        assert quote.currency == ("USDT" if is_tether else symbol.quote)


def test_the_digits_are_those_of_the_exchange(world: World) -> None:
    """Last, bid, ask and volume are exactly what the market had when it was asked."""
    world.play(Plan(seed=5))
    for name, quote in ask(world).items():
        assert isinstance(quote, Quote), quote
        spelled = Symbol("BTC", quote.currency)
        around = [
            ticker_at(5, name, spelled, quote.received_ns - back * 10_000_000)
            for back in range(100)
        ]
        assert (quote.last, quote.bid, quote.ask, quote.volume) in [
            (one.last, one.bid, one.ask, one.volume) for one in around
        ]


@pytest.mark.parametrize("failure", [*SLUGS, *SAID])
def test_every_failure_is_recognised_at_every_exchange(world: World, failure: Failure) -> None:
    """All that can go wrong comes to the error of its kind, at all ten, in every shape."""
    slow = failure in (Failure.BLACK_HOLE, Failure.SLOW_BODY)
    for seed in range(1 if slow else 4):
        world.play(Plan(seed, always(failure)))
        found = ask(world, deadline_s=0.4 if slow else 5.0)
        told = {name: getattr(one, "slug", "quote") for name, one in found.items()}
        assert told == dict.fromkeys(EXCHANGES, slug(failure))


@pytest.mark.parametrize("seed", range(20))
def test_each_answer_is_what_the_plan_holds(world: World, seed: int) -> None:
    """With a fifth of the requests failing every answer is that of the requests it made."""
    usual = Behaviour(parse_latency("20ms"), 0.2, PASSING)
    world.play(Plan(seed, usual))
    for name, answer in survey(world, BITCOIN, 0.8, hedges=True).answers[BITCOIN].items():
        met = served(world, name)
        if isinstance(answer, ExchangeError):
            assert None not in met
            assert answer.slug in {slug(one) for one in met if one}
        else:
            assert None in met


def test_six_that_misbehave_harm_none_of_the_others(world: World) -> None:
    """A black hole, drips, a reset, 100 MB, a redirect loop and a page: four quotes remain."""
    kinds = {
        "binance": Failure.BLACK_HOLE,
        "coinbase": Failure.SLOW_BODY,
        "kraken": Failure.RESET,
        "gemini": Failure.HUGE_BODY,
        "bitstamp": Failure.REDIRECT,
        "kucoin": Failure.HTML,
    }
    venues = {
        name: Behaviour(failure_rate=0.999_999, failures=(one,)) for name, one in kinds.items()
    }
    world.play(Plan(0, venues=venues))
    found = ask(world, deadline_s=1.0)
    assert {name: getattr(one, "slug", "quote") for name, one in found.items()} == {
        **{name: slug(one) for name, one in kinds.items()},
        **dict.fromkeys(("huobi", "okx", "bybit", "gate"), "quote"),
    }


def test_the_plain_function_answers_by_the_names_it_was_given(world: World) -> None:
    """Names as people write them, dollars for all, None for the one that is broken."""
    world.play(Plan(0, venues={"kraken": always(Failure.HTML)}))
    names = ["Binance", "Coinbase", "Kraken", "HTX"]

    async def main() -> dict[str, object]:
        async with Client(world.exchanges) as client:
            return {**await aggregate_prices(names, "BTC-USD", 5.0, client=client)}

    prices = asyncio.run(main())
    assert list(prices) == names
    assert [name for name, price in prices.items() if price is None] == ["Kraken"]
