"""Asks ten exchanges for one price within a second, and says what has to be true of the answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from exchange_voices import TOLD, Told

from spotprice import aggregate_prices
from spotprice.client import Client, Survey
from spotprice.errors import TimedOutError
from spotprice.exchanges import EXCHANGES
from spotprice.quote import Quote
from spotprice.symbol import Symbol

SYMBOL: Final = Symbol("BTC", "USD")
DEADLINE_S: Final = 1.0
ARRIVES_NS: Final = 985_000_000
"""What an exchange says until then has arrived before spotprice stops to listen (0.99 s)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One call.

    Attributes:
        prices: What it returned.
        survey: What every exchange came to, as the client knows it.
        began_ns: When, since 1970.
        told: What the exchanges really said, in order.
    """

    prices: dict[str, Decimal | None]
    survey: Survey
    began_ns: int
    told: tuple[Told, ...]


class WatchedClient(Client):
    """A client that keeps what its last call brought."""

    last: Survey | None = None

    async def survey(
        self, exchanges: Sequence[str], symbols: Sequence[Symbol], deadline_s: float = 1.0
    ) -> Survey:
        """Ask, and keep the answers."""
        self.last = await super().survey(exchanges, symbols, deadline_s)
        return self.last


async def ask() -> Asked:
    """Ask all ten exchanges once."""
    TOLD.clear()
    async with WatchedClient() as client:
        prices = await aggregate_prices(list(EXCHANGES), str(SYMBOL), DEADLINE_S, client=client)
        assert client.last is not None
        survey = client.last
    return Asked(prices, survey, survey.ended_ns - survey.took_ns, tuple(TOLD))


def complete(asked: Asked) -> None:
    """Check an answer: every exchange is in it, and None stands exactly where one failed.

    Raises:
        AssertionError: It does not hold.
    """
    answers = asked.survey.answers[SYMBOL]
    assert list(asked.prices) == list(EXCHANGES) == list(answers)
    assert asked.survey.took_ns <= DEADLINE_S * 1e9
    for name, price in asked.prices.items():
        answer = answers[name]
        said = [one for one in asked.told if one.exchange == name and one.symbol.base == "BTC"]
        if isinstance(answer, Quote):
            assert (answer.currency, answer.last) in [(one.symbol.quote, one.last) for one in said]
            tether = asked.survey.tether
            is_known = answer.currency == SYMBOL.quote or tether is not None
            assert (price is not None) == is_known, f"{name}: {price} from {answer}"
        else:
            assert price is None, f"{name}: {price} from {answer!r}"
        if isinstance(answer, TimedOutError):
            late_ns = asked.began_ns + ARRIVES_NS
            assert all(one.at_ns > late_ns for one in said), f"{name} answered, and is late"


if __name__ == "__main__":
    complete(asyncio.run(ask()))
