"""How often which exchange is asked for what."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from tests.spotprice.network.scripted import virtually
from tests.spotprice.watch.quoting import BITCOIN, NOW_NS, a_quote

from spotprice.client import Survey
from spotprice.exchanges import EXCHANGES
from spotprice.quote import Answer, Quote
from spotprice.symbol import Symbol
from spotprice.watch.board import TETHER_IN_DOLLARS
from spotprice.watch.poll import ask_once, poll

ETHER, LITECOIN = Symbol("ETH", "USD"), Symbol("LTC", "USD")


@dataclass
class Asked:
    """Answers every survey after some time, and notes it.

    Attributes:
        takes_s: How long every survey of an exchange takes.
        log: When (in the loop's time) whom for what.
    """

    takes_s: Mapping[str, float] = field(default_factory=dict)
    log: list[tuple[float, str, str]] = field(default_factory=list)

    async def __call__(
        self, exchanges: Sequence[str], symbols: Sequence[Symbol], deadline_s: float
    ) -> Survey:
        """Answer as ``Client.survey`` does."""
        (name,) = exchanges
        now_s = asyncio.get_running_loop().time()
        self.log.append((round(now_s, 6), name, " ".join(map(str, symbols))))
        await asyncio.sleep(min(self.takes_s.get(name, 0), deadline_s))
        quotes: dict[Symbol, dict[str, Answer]] = {
            symbol: {name: a_quote(name, 10, symbol=symbol, currency=symbol.quote)}
            for symbol in symbols
        }
        return Survey(quotes, None, NOW_NS, 0)


def polled(asked: Asked, errands: Mapping[str, Mapping[Symbol, float]], until_s: float) -> None:
    """Poll exchanges in virtual time."""

    def put(symbol: Symbol, exchange: str, answer: Answer) -> None:
        assert (answer.exchange, symbol.quote) == (exchange, "USD") or symbol.quote == "EUR"

    async def main() -> None:
        tasks = [
            asyncio.create_task(poll(asked, EXCHANGES[name], wanted, 1.0, put))
            for name, wanted in errands.items()
        ]
        await asyncio.sleep(until_s)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    virtually(main)


def test_kraken_is_asked_once_a_second_whatever_is_wanted_of_it() -> None:
    """Three markets every second make one of them a second in turn; none is forgotten."""
    asked = Asked({"kraken": 0.3})
    polled(asked, {"kraken": dict.fromkeys((BITCOIN, ETHER, LITECOIN), 1.0)}, 6.5)
    turn = ["BTC-USD", "ETH-USD", "LTC-USD"]
    assert asked.log == [(float(at), "kraken", turn[at % 3]) for at in range(7)]


def test_a_slow_exchange_holds_up_no_other() -> None:
    """One that never answers is asked again when its deadline is over; the rest go on in time."""
    asked = Asked({"gate": 9.0, "okx": 0.2})
    wanted = {BITCOIN: 0.5}
    polled(asked, {"gate": wanted, "okx": wanted}, 2.25)
    assert [at for at, name, _ in asked.log if name == "okx"] == [0, 0.5, 1, 1.5, 2]
    assert [at for at, name, _ in asked.log if name == "gate"] == [0, 1, 2]


def test_every_errand_has_its_own_pace() -> None:
    """The price of the tether is asked for seldom, together with what else is due."""
    asked = Asked()
    polled(asked, {"coinbase": {BITCOIN: 2.0, TETHER_IN_DOLLARS: 5.0}}, 8.5)
    assert [(at, what) for at, _, what in asked.log] == [
        (0, "BTC-USD USDT-USD"),
        (2, "BTC-USD"),
        (4, "BTC-USD"),
        (5, "USDT-USD"),
        (6, "BTC-USD"),
        (8, "BTC-USD"),
    ]


@pytest.mark.parametrize("name", EXCHANGES)
@pytest.mark.parametrize("count", [1, 3, 25])
def test_no_exchange_is_asked_more_than_it_allows(name: str, count: int) -> None:
    """However many markets are wanted how often, no window has more requests than it may."""
    asked = Asked()
    symbols = [Symbol(f"C{number}", "EUR") for number in range(count)]
    polled(asked, {name: dict.fromkeys(symbols, 0.05)}, 60)
    rate = EXCHANGES[name].rate
    at_s = [at for at, _, what in asked.log for _ in what.split()]
    assert len({what for _, _, whats in asked.log for what in whats.split()}) == count
    window = zip(at_s, at_s[rate.requests :], strict=False)
    assert all(last - first >= rate.seconds - 1e-6 for first, last in window)


def test_an_exchange_is_asked_in_its_own_currency() -> None:
    """Gate has no dollars: BTC-USD and BTC-USDT are one question, and both get its answer."""
    asked = Asked()
    told: list[tuple[Symbol, str, Symbol, str]] = []

    def take(symbol: Symbol, exchange: str, answer: Answer) -> None:
        assert isinstance(answer, Quote)
        told.append((symbol, exchange, answer.symbol, answer.currency))

    tether = Symbol("BTC", "USDT")
    virtually(lambda: ask_once(asked, EXCHANGES["gate"], [BITCOIN, tether], 1.0, take))
    assert asked.log == [(0.0, "gate", "BTC-USDT")]
    assert told == [(BITCOIN, "gate", BITCOIN, "USDT"), (tether, "gate", tether, "USDT")]
