"""One simulated exchange without its sockets: it counts, remembers and decides what to say."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from spotprice.simulated.market import Ticker, exists, ticker_at
from spotprice.simulated.plan import Failure, Fate, Plan
from spotprice.simulated.voices.base import Question, Speech, Voice
from spotprice.symbol import Symbol

_LONGEST_LOG = 200_000  # entries: a few times what a benchmark makes
_MOST_MARKETS = 100_000  # are counted: somebody may ask for ever new ones
_MOST_TOLD = 4_096  # tickers that are kept as they were said


@dataclass(frozen=True, slots=True)
class Served:
    """One request that reached a simulated exchange, and what became of it.

    Attributes:
        exchange: The exchange's id.
        market: As it was spelled in the request.
        attempt: Which request for this market at this exchange it was, from 1.
        fate: What the plan held for it.
    """

    exchange: str
    market: str
    attempt: int
    fate: Fate


class Round:
    """What happens from the beginning of a plan on. One thread writes, any may read."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.log: deque[Served] = deque(maxlen=_LONGEST_LOG)
        self._attempts: dict[tuple[str, str], int] = {}

    def next_fate(self, exchange: str, market: str) -> Fate:
        """Count one more request and say what becomes of it."""
        key = (exchange, market)
        attempt = self._attempts.get(key, 0) + 1
        if attempt == 1 and len(self._attempts) >= _MOST_MARKETS:
            self._attempts.clear()
        self._attempts[key] = attempt
        fate = self.plan.fate(exchange, market, attempt)
        self.log.append(Served(exchange, market, attempt, fate))
        return fate


class Stage:
    """What all venues of one world share: the round that is played, and the time."""

    def __init__(self, plan: Plan, clock_ns: Callable[[], int]) -> None:
        self.round = Round(plan)
        self.clock_ns = clock_ns


class Venue:
    """One simulated exchange.

    Args:
        voice: How it speaks.
        stage: Where it plays.
    """

    def __init__(self, voice: Voice, stage: Stage) -> None:
        self.voice = voice
        self.stage = stage
        self._told: dict[Symbol, tuple[Ticker, Speech]] = {}

    def next_fate(self, market: str) -> Fate:
        """Count one more request for a market and say what becomes of it."""
        return self.stage.round.next_fate(self.voice.id, market)

    def ticker(self, symbol: Symbol) -> Ticker | None:
        """Return the ticker of a market now, or None where it is not traded here."""
        if not exists(symbol) or (symbol.quote == "USD" and not self.voice.has_dollars):
            return None
        stage = self.stage
        return ticker_at(stage.round.plan.seed, self.voice.id, symbol, stage.clock_ns())

    def speak(self, question: Question, fate: Fate) -> Speech:
        """Return what is said to a request: a ticker, or one of the failures that are said."""
        voice = self.voice
        shapes = voice.shapes.get(fate.failure) if fate.failure else None
        if shapes is None:
            symbol = voice.read(question.market)
            ticker = None if symbol is None else self.ticker(symbol)
            if ticker is not None:
                return self._tell(ticker)
            shapes = voice.shapes[Failure.UNKNOWN_SYMBOL]
        return shapes[fate.variant % len(shapes)](question)

    def _tell(self, ticker: Ticker) -> Speech:
        """Say a ticker, in the same words as long as it is the same: writing costs most of all."""
        kept = self._told.get(ticker.symbol)
        if kept is not None and kept[0] is ticker:
            return kept[1]
        if len(self._told) >= _MOST_TOLD:
            self._told.clear()
        speech = self.voice.tell(ticker)
        self._told[ticker.symbol] = (ticker, speech)
        return speech
