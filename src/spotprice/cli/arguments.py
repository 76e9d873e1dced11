"""From what is typed to what is meant."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spotprice.errors import UsageError
from spotprice.exchanges import EXCHANGES, find_exchange
from spotprice.symbol import Symbol

if TYPE_CHECKING:
    from spotprice.simulated.plan import Plan

_SPAN = re.compile(r"(\d{1,6}(?:\.\d{1,9})?|\.\d{1,9})\s*(ms|s)?", re.ASCII)
_LONGEST_S = 3_600
_PER_SECOND = {"ms": 1_000, "s": 1}

USUAL_DEADLINE, USUAL_INTERVAL = "1s", "1s"
USUAL_LATENCY, USUAL_FAILURES = "500ms", "20%"
"""Of the simulated exchanges: the figures of the exercise that spotprice was written for."""


@dataclass(frozen=True, slots=True)
class Given:
    """The arguments and options of ``spotprice SYMBOL...`` as they were typed."""

    symbols: tuple[str, ...]
    exchanges: str | None
    deadline: str
    as_json: bool
    is_live: bool
    seed: int | None
    latency: str | None
    failures: str | None
    is_watch: bool
    interval: str | None
    is_stream: bool

    def check(self) -> None:
        """Refuse options that would have no effect.

        Raises:
            UsageError: One stands without the option that it belongs to.
        """
        simulated = (
            ("--seed", self.seed),
            ("--latency", self.latency),
            ("--failures", self.failures),
        )
        watched = ("--interval", self.interval), ("--stream", self.is_stream or None)
        for is_on, needed, options in (
            (not self.is_live, "--simulated", simulated),
            (self.is_watch, "--watch", watched),
        ):
            for option, value in options:
                if value is not None and not is_on:
                    raise UsageError(f"{option} says nothing without {needed}: add {needed}.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is meant by them.

    Attributes:
        exchanges: Ids, at least one.
        symbols: At least one.
        deadline_s: For one round of answers.
        interval_s: From one round to the next when watching.
    """

    exchanges: tuple[str, ...]
    symbols: tuple[Symbol, ...]
    deadline_s: float
    interval_s: float


def read(given: Given) -> Wanted:
    """Read everything that does not concern the simulated exchanges.

    Raises:
        UsageError: Something makes no sense, or would have no effect.
    """
    given.check()
    return Wanted(
        exchanges=read_exchanges(given.exchanges),
        symbols=read_symbols(given.symbols),
        deadline_s=read_seconds("--deadline", given.deadline),
        interval_s=read_seconds("--interval", given.interval or USUAL_INTERVAL),
    )


def read_symbols(texts: Sequence[str]) -> tuple[Symbol, ...]:
    """Read the symbols, each once.

    Raises:
        UsageError: There is none, or one that is no symbol.
    """
    if not texts:
        raise UsageError("There is no symbol: name at least one, as in 'spotprice BTC-USD'.")
    return tuple(dict.fromkeys(Symbol.parse(text) for text in texts))


def read_exchanges(text: str | None) -> tuple[str, ...]:
    """Read ``coinbase,Kraken`` as the exchanges' ids, each once; all of them for None.

    Raises:
        UsageError: One is not known, or there is none.
    """
    if text is None:
        return tuple(EXCHANGES)
    return tuple(dict.fromkeys(find_exchange(name).id for name in text.split(",")))


def read_seconds(option: str, text: str) -> float:
    """Read ``1s``, ``800ms`` or ``1.5`` as seconds.

    Raises:
        UsageError: It is no span of time, or none from above zero up to an hour.
    """
    match = _SPAN.fullmatch(text.strip().lower())
    seconds = 0.0 if match is None else float(match[1]) / _PER_SECOND[match[2] or "s"]
    if not 0 < seconds <= _LONGEST_S:
        raise UsageError(f'"{text}" is no time for {option}: write 1s, 800ms or 1.5 (seconds).')
    return seconds


def read_plan(given: Given) -> "Plan":
    """Read how the simulated exchanges are to behave.

    Raises:
        UsageError: Latency or failures are not of the forms that there are.
    """
    from spotprice.simulated.latency import parse_latency
    from spotprice.simulated.plan import Behaviour, Plan
    from spotprice.simulated.plan_text import parse_rate

    usual = Behaviour(
        latency=parse_latency(given.latency or USUAL_LATENCY),
        failure_rate=parse_rate(given.failures or USUAL_FAILURES),
    )
    return Plan(seed=given.seed or 0, usual=usual)
