"""Many exchanges at once within one deadline, in virtual time, with answers by a script."""

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.spotprice.network.scripted import GOOD, an_exchange, virtually

from spotprice import client as client_module
from spotprice.aggregate import aggregate_prices, fetch_quotes
from spotprice.client import MOST_AT_ONCE, Client, Survey
from spotprice.consensus import Tether
from spotprice.errors import (
    ExchangeError,
    NetworkError,
    ServerError,
    SpotpriceError,
    TimedOutError,
    UnknownSymbolError,
    UsageError,
)
from spotprice.exchanges.answer import Times
from spotprice.exchanges.base import Exchange, Rate, Reply, Spelling
from spotprice.network.transport import Transport
from spotprice.quote import Quote
from spotprice.symbol import Symbol

BITCOIN, ETHER = Symbol("BTC", "USD"), Symbol("ETH", "USD")
PLENTY = Rate(requests=10_000, seconds=1)
Outcome = tuple[float, Reply | Exception]


def price(number: str) -> Reply:
    """Return an answer with a price."""
    return Reply(200, {}, b'{"price": "%s"}' % number.encode())


class Session:
    """Stands in for the HTTP session: there is nothing to close."""

    async def close(self) -> None:
        """Do nothing."""


class World(Transport):
    """Answers by host: after a delay, with a reply or an exception."""

    def __init__(self, outcomes: Mapping[str, Outcome]) -> None:
        super().__init__(Session())  # type: ignore[arg-type]
        self.outcomes = outcomes
        self.asked: list[str] = []
        self.most_at_once = self._now = 0

    async def get(self, exchange_id: str, url: str) -> tuple[Reply, Times]:
        """Answer by the script."""
        address = urlsplit(url)
        self.asked.append(f"{exchange_id}{address.path}")
        delay_s, outcome = self.outcomes.get(exchange_id + address.path) or self.outcomes.get(
            exchange_id, (0.1, GOOD)
        )
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await asyncio.sleep(delay_s)
        finally:
            self._now -= 1
        if isinstance(outcome, Exception):
            raise outcome
        return outcome, Times(1_790_000_000_000_000_000, round(delay_s * 1e9))


def exchanges(*ids: str, tethered: tuple[str, ...] = ()) -> dict[str, Exchange]:
    """Return made-up exchanges; those that are tethered have no dollar markets."""
    return {
        one: an_exchange(
            id=one,
            name=one.title(),
            hosts=(f"http://{one}",),
            rate=PLENTY,
            spelling=Spelling("-", dollars="USDT" if one in tethered else "USD"),
        )
        for one in ids
    }


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """What every client of the test talks to."""
    answering = World({})
    monkeypatch.setattr(client_module, "make_session", Session)
    monkeypatch.setattr(client_module, "Transport", lambda _session: answering)
    return answering


def survey(
    known: Mapping[str, Exchange], symbols: list[Symbol], deadline_s: float = 1.0, **options: Any
) -> tuple[Survey, float]:
    """Ask all exchanges once; return the survey and the virtual seconds it took."""

    async def main() -> Survey:
        async with Client(known, **options) as client:
            return await client.survey(list(known), symbols, deadline_s)

    return virtually(main)


def test_all_are_asked_at_once(world: World) -> None:
    """Ten answers of half a second take half a second."""
    ids = tuple(f"x{number}" for number in range(10))
    world.outcomes = dict.fromkeys(ids, (0.5, GOOD))
    found, took_s = survey(exchanges(*ids), [BITCOIN], hedges=False)
    assert took_s == 0.5
    assert [type(one) for one in found.answers[BITCOIN].values()] == [Quote] * 10


def test_everybody_is_in_the_answer(world: World) -> None:
    """Quotes, failures and late ones: each exchange has one answer, by the deadline."""
    world.outcomes = {
        "good": (0.2, GOOD),
        "broken": (0.6, NetworkError("broken", "the connection broke")),
        "failing": (0.6, Reply(500, {}, b"{}")),
        "late": (5.0, GOOD),
    }
    found, took_s = survey(exchanges("good", "broken", "failing", "late"), [BITCOIN], hedges=False)
    assert {name: type(one) for name, one in found.answers[BITCOIN].items()} == {
        "good": Quote,
        "broken": NetworkError,
        "failing": ServerError,
        "late": TimedOutError,
    }
    assert took_s == 0.99


def test_several_markets_share_the_deadline(world: World) -> None:
    """Two markets at two exchanges are four questions at once."""
    world.outcomes = {"a/ETH-USD": (0.3, price("9")), "b/ETH-USD": (0.3, price("8"))}
    found, took_s = survey(exchanges("a", "b"), [BITCOIN, ETHER])
    told = {
        str(symbol): {name: one.last for name, one in answers.items() if isinstance(one, Quote)}
        for symbol, answers in found.answers.items()
    }
    assert told == {
        "BTC-USD": {"a": Decimal(100), "b": Decimal(100)},
        "ETH-USD": {"a": Decimal(9), "b": Decimal(8)},
    }
    assert took_s == 0.3


def test_the_price_of_a_tether_comes_along_where_it_is_needed(world: World) -> None:
    """The median of the dollar markets for tether, asked for in the same call."""
    world.outcomes = {
        "coinbase/USDT-USD": (0.1, price("0.9990")),
        "bitstamp/USDT-USD": (0.1, price("0.9994")),
        "gemini/USDT-USD": (0.1, NetworkError("gemini", "gone")),
    }
    known = exchanges("tethered", "coinbase", "bitstamp", "gemini", tethered=("tethered",))
    found, _ = survey(known, [BITCOIN], hedges=False)
    assert found.tether == Tether(Decimal("0.9992"), ("coinbase", "bitstamp"))
    assert list(found.answers) == [BITCOIN]


def test_nobody_is_asked_twice(world: World) -> None:
    """Where the tether market itself is asked for, its answers serve as the rate as well."""
    known = exchanges("tethered", "coinbase", tethered=("tethered",))
    tether = Symbol("USDT", "USD")
    found, _ = survey(known, [BITCOIN, tether], hedges=False)
    assert found.tether == Tether(Decimal(100), ("coinbase",))
    assert world.asked.count("coinbase/USDT-USD") == 1
    assert {name: type(one) for name, one in found.answers[tether].items()} == {
        "tethered": UnknownSymbolError,
        "coinbase": Quote,
    }


def test_a_source_of_the_tether_rate_holds_nobody_up(world: World) -> None:
    """With two of three sources heard, the third is not waited for when all else is there."""
    world.outcomes = {
        "coinbase/USDT-USD": (0.3, price("0.9990")),
        "bitstamp/USDT-USD": (0.4, price("0.9994")),
        "gemini/USDT-USD": (9.0, GOOD),
    }
    known = exchanges("tethered", "coinbase", "bitstamp", "gemini", tethered=("tethered",))
    found, took_s = survey(known, [BITCOIN], hedges=False)
    assert found.tether == Tether(Decimal("0.9992"), ("coinbase", "bitstamp"))
    assert took_s == 0.4


def test_nobody_asks_for_the_tether_in_vain(world: World) -> None:
    """Where all quote dollars, or tether was asked for, one request an exchange is enough."""
    known = exchanges("tethered", "coinbase", tethered=("tethered",))
    found, _ = survey(known, [Symbol("BTC", "USDT")])
    assert (found.tether, sorted(world.asked)) == (None, ["coinbase/BTC-USDT", "tethered/BTC-USDT"])


def test_no_more_than_so_many_at_once(world: World) -> None:
    """A thousand questions wait for their turn, and are all answered."""
    symbols = [Symbol(f"C{number}", "USD") for number in range(500)]
    found, _ = survey(exchanges("a", "b"), symbols, deadline_s=60, hedges=False)
    assert world.most_at_once == MOST_AT_ONCE
    assert all(
        isinstance(one, Quote) for answers in found.answers.values() for one in answers.values()
    )


def test_cancellation_passes_through(world: World) -> None:
    """A cancelled survey cancels all its requests and leaves no task."""
    world.outcomes = {"a": (9.0, GOOD), "b": (9.0, GOOD)}

    async def main() -> int:
        known = exchanges("a", "b")
        async with Client(known) as client:
            asking = asyncio.create_task(client.survey(list(known), [BITCOIN], 10))
            await asyncio.sleep(1)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            return len(asyncio.all_tasks())

    assert virtually(main) == (1, 1.0)


def test_a_timeout_of_the_caller_passes_through(world: World) -> None:
    """asyncio.timeout around a call works as around anything else."""
    world.outcomes = {"a": (9.0, GOOD)}

    async def main() -> None:
        async with Client(exchanges("a")) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await client.survey(["a"], [BITCOIN], 10)

    assert virtually(main) == (None, 0.5)


@pytest.mark.parametrize(
    ("names", "symbols", "deadline_s", "message"),
    [
        ([], [BITCOIN], 1.0, "There is nothing to ask"),
        (["a"], [], 1.0, "There is nothing to ask"),
        (["nowhere"], [BITCOIN], 1.0, '"nowhere" is no exchange'),
        (["a"], [BITCOIN], 0.0, r"A deadline of 0\.0 s cannot be kept"),
        (["a"], [BITCOIN], float("nan"), "A deadline of nan s cannot be kept"),
    ],
)
def test_arguments_that_make_no_sense(
    world: World, names: list[str], symbols: list[Symbol], deadline_s: float, message: str
) -> None:
    """The caller's mistakes are raised, before anybody is asked."""

    async def main() -> None:
        async with Client(exchanges("a")) as client:
            with pytest.raises(UsageError, match=message):
                await client.survey(names, symbols, deadline_s)

    virtually(main)
    assert world.asked == []


def test_a_client_that_is_not_open_says_so() -> None:
    """Outside of "async with" there are no connections to use."""

    async def main() -> None:
        with pytest.raises(UsageError, match="async with Client"):
            await Client(exchanges("a")).survey(["a"], [BITCOIN])

    virtually(main)


def test_the_plain_function_gives_dollars_or_none(world: World) -> None:
    """Prices by the names that were used; tether converted, failures None."""
    world.outcomes = {
        "coinbase/USDT-USD": (0.1, price("0.5")),
        "failing": (0.1, Reply(500, {}, b"{}")),
    }
    known = exchanges("coinbase", "tethered", "failing", tethered=("tethered",))

    async def main() -> dict[str, Decimal | None]:
        async with Client(known) as client:
            names = ["Coinbase", "tethered", "FAILING"]
            return await aggregate_prices(names, "btc-usd", client=client)

    prices, _ = virtually(main)
    assert prices == {"Coinbase": Decimal(100), "tethered": Decimal(50), "FAILING": None}


def test_a_tether_price_is_never_called_dollars(world: World) -> None:
    """Without a rate a price in tether is None, and still a quote for who asks for quotes."""
    world.outcomes = {"coinbase/USDT-USD": (0.1, Reply(500, {}, b"{}"))}
    known = exchanges("coinbase", "tethered", tethered=("tethered",))

    async def main() -> tuple[Any, Any]:
        async with Client(known, hedges=False) as client:
            prices = await aggregate_prices(["tethered"], client=client)
            return prices, await fetch_quotes(["tethered"], client=client)

    (prices, quotes), _ = virtually(main)
    assert prices == {"tethered": None}
    assert (quotes["tethered"].last, quotes["tethered"].currency) == (Decimal(100), "USDT")


def test_every_answer_is_a_value(world: World) -> None:
    """Errors come back as values that name their exchange, whoever asks."""
    world.outcomes = {"a": (0.1, UnknownSymbolError("a", "no such market"))}

    async def main() -> Any:
        async with Client(exchanges("a")) as client:
            return await fetch_quotes(["a"], client=client)

    answers, _ = virtually(main)
    error = answers["a"]
    assert isinstance(error, SpotpriceError)
    assert isinstance(error, ExchangeError)
    assert (error.exchange, str(error)) == ("a", "a: no such market.")
