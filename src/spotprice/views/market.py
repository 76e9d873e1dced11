"""What every view shows of one market: the answers, and what they agree on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spotprice.consensus import RULES, Consensus, Rules, Tether, find_consensus
from spotprice.quote import Answer, Quote
from spotprice.symbol import Symbol

if TYPE_CHECKING:
    from spotprice.client import Survey


@dataclass(frozen=True, slots=True)
class Market:
    """One market at one moment.

    Attributes:
        symbol: Which one.
        answers: What every exchange that was asked gave, by its id.
        tether: The USDT/USD rate; None where there is none.
        consensus: What the answers agree on.
        at_ns: The moment, in nanoseconds since 1970: ages are counted to it.
    """

    symbol: Symbol
    answers: Mapping[str, Answer]
    tether: Tether | None
    consensus: Consensus
    at_ns: int

    @property
    def quotes(self) -> list[Quote]:
        """The answers that are quotes."""
        return [answer for answer in self.answers.values() if isinstance(answer, Quote)]

    @property
    def needs_tether(self) -> bool:
        """Whether a quote is in USDT though the market is in dollars."""
        return self.symbol.quote == "USD" and any(one.currency == "USDT" for one in self.quotes)


def make_market(
    symbol: Symbol,
    answers: Mapping[str, Answer],
    tether: Tether | None,
    at_ns: int,
    rules: Rules = RULES,
) -> Market:
    """Find the consensus of a market's answers."""
    consensus = find_consensus(answers, symbol=symbol, tether=tether, now_ns=at_ns, rules=rules)
    return Market(symbol, answers, tether, consensus, at_ns)


def make_markets(survey: "Survey") -> list[Market]:
    """Find the consensus of every market that a survey asked for, in its order."""
    return [
        make_market(symbol, answers, survey.tether, survey.ended_ns)
        for symbol, answers in survey.answers.items()
    ]
