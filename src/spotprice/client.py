"""Asking many exchanges for many markets at once, within one deadline."""

import asyncio
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from spotprice.consensus.medians import median
from spotprice.consensus.words import Tether
from spotprice.errors import ExchangeError, TimedOutError, UsageError
from spotprice.exchanges import EXCHANGES, find_exchange
from spotprice.exchanges.base import Exchange
from spotprice.network.transport import Transport, make_session
from spotprice.network.venue import Venue
from spotprice.quote import Answer, Quote
from spotprice.symbol import Symbol

MOST_AT_ONCE = 100
"""How many quotes are asked for at the same time; the others wait their turn."""

TETHER_SOURCES = ("coinbase", "bitstamp", "gemini")
"""Who is asked what a tether costs in dollars: those with a dollar market for it that allow a
second request in the same second (Kraken does not)."""

_TETHER_IN_DOLLARS = Symbol("USDT", "USD")
_MARGIN_S = 0.01  # of the deadline, for putting the answer together

_Place = tuple[Symbol, str]
"""Where an answer belongs: market and exchange id."""


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything that one call brought.

    Attributes:
        answers: For every market and every exchange that was asked (by id) its quote or error.
        tether: The USDT/USD rate; None where it was not needed or nobody said it in time.
        ended_ns: When the answers were complete, since 1970.
        took_ns: How long the call took.
    """

    answers: dict[Symbol, dict[str, Answer]]
    tether: Tether | None
    ended_ns: int
    took_ns: int


class Client:
    """Keeps connections, limits and circuits between calls. An asynchronous context manager.

    Args:
        exchanges: What can be asked, by id; variants made with ``dataclasses.replace`` too.
        hedges: Whether to send a second request where the first is late.
        limits: Whether to keep to the exchanges' documented limits. Turn it off only for
            servers of your own.
    """

    def __init__(
        self,
        exchanges: Mapping[str, Exchange] = EXCHANGES,
        *,
        hedges: bool = True,
        limits: bool = True,
    ) -> None:
        self._exchanges = exchanges
        self._hedges = hedges
        self._limits = limits
        self._transport: Transport | None = None
        self._venues: dict[str, Venue] = {}
        self._free = asyncio.Semaphore(MOST_AT_ONCE)

    async def __aenter__(self) -> Self:
        self._transport = Transport(make_session())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._transport is not None:
            await self._transport.session.close()
            self._transport = None
            self._venues.clear()

    def find(self, name: str) -> Exchange:
        """Return the exchange of that id or name.

        Raises:
            UsageError: This client knows none of that name.
        """
        return find_exchange(name, self._exchanges)

    async def survey(
        self, exchanges: Sequence[str], symbols: Sequence[Symbol], deadline_s: float = 1.0
    ) -> Survey:
        """Ask all exchanges for all markets, and be back before the deadline.

        Whoever has not answered by then gets a ``TimedOutError``. Where a dollar price is asked
        of an exchange that quotes tether, the price of the tether is asked for as well.

        Args:
            exchanges: Ids or names, at least one.
            symbols: At least one.
            deadline_s: For the whole call, in seconds; positive.

        Raises:
            UsageError: An argument makes no sense.
        """
        began_ns = time.perf_counter_ns()
        ends_s = asyncio.get_running_loop().time() + _check_deadline(deadline_s)
        asked = self._asked(exchanges, symbols)
        wanted = [(symbol, one) for symbol in dict.fromkeys(symbols) for one in asked]
        helping = self._tether_places(wanted)
        found = await self._ask_all(wanted, helping, ends_s)
        answers: dict[Symbol, dict[str, Answer]] = {symbol: {} for symbol in symbols}
        for place in wanted:
            answers[place[0]][place[1]] = found.get(place) or _late(place, deadline_s)
        tether = _tether([found.get(place) for place in helping])
        return Survey(answers, tether, time.time_ns(), time.perf_counter_ns() - began_ns)

    def _asked(self, exchanges: Sequence[str], symbols: Sequence[Symbol]) -> list[str]:
        if not exchanges or not symbols:
            raise UsageError("There is nothing to ask: name at least one exchange and one symbol.")
        return list(dict.fromkeys(self.find(name).id for name in exchanges))

    def _tether_places(self, wanted: list[_Place]) -> list[_Place]:
        """Whom to ask for the price of a tether, if anybody's answer needs it."""
        needed = any(
            symbol.quote == "USD" and self._exchanges[one].spelling.currency(symbol) == "USDT"
            for symbol, one in wanted
        )
        return [
            (_TETHER_IN_DOLLARS, one) for one in TETHER_SOURCES if needed and one in self._exchanges
        ]

    async def _ask_all(
        self, wanted: Sequence[_Place], helping: Sequence[_Place], ends_s: float
    ) -> dict[_Place, Answer]:
        """Ask at every place at once; whoever is late is cancelled and has no answer.

        The helping places are not waited for any longer once most of them have a quote.
        """
        tasks = {
            place: asyncio.create_task(self._ask(place, ends_s), name=f"{place[1]} {place[0]}")
            for place in dict.fromkeys((*wanted, *helping))
        }
        try:
            await _wait([tasks[place] for place in wanted], ends_s)
            await _wait_for_most([tasks[place] for place in helping], ends_s)
        finally:
            late = [task for task in tasks.values() if task.cancel()]
            if late:
                await asyncio.wait(late)
        return {place: task.result() for place, task in tasks.items() if not task.cancelled()}

    async def _ask(self, place: _Place, ends_s: float) -> Answer:
        symbol, exchange_id = place
        async with self._free:
            try:
                return await self._venue(exchange_id).quote(symbol, ends_s)
            except ExchangeError as error:
                return error

    def _venue(self, exchange_id: str) -> Venue:
        if (venue := self._venues.get(exchange_id)) is None:
            if self._transport is None:
                raise UsageError('A Client works inside "async with Client() as client:" only.')
            venue = self._venues[exchange_id] = Venue(
                self._exchanges[exchange_id],
                self._transport,
                hedges=self._hedges,
                limits=self._limits,
            )
        return venue


def _check_deadline(deadline_s: float) -> float:
    """Return how long may be waited for answers, so that the whole call keeps the deadline."""
    if not (math.isfinite(deadline_s) and deadline_s > 0):
        raise UsageError(f"A deadline of {deadline_s} s cannot be kept: give a positive number.")
    return deadline_s - min(_MARGIN_S, deadline_s / 10)


async def _wait(
    tasks: Iterable[asyncio.Task[Answer]],
    ends_s: float,
    until: str = asyncio.ALL_COMPLETED,
) -> bool:
    """Wait for tasks, but not beyond a time of the loop; returns whether any is done."""
    left_s = ends_s - asyncio.get_running_loop().time()
    done, _ = await asyncio.wait(tasks, timeout=left_s, return_when=until)
    return bool(done)


async def _wait_for_most(tasks: Sequence[asyncio.Task[Answer]], ends_s: float) -> None:
    """Wait until most of the tasks have a quote, or none can get one any more."""
    while True:
        running = [task for task in tasks if not task.done()]
        quotes = sum(isinstance(task.result(), Quote) for task in tasks if task.done())
        if not running or 2 * quotes > len(tasks):
            return
        if not await _wait(running, ends_s, asyncio.FIRST_COMPLETED):
            return


def _late(place: _Place, deadline_s: float) -> TimedOutError:
    return TimedOutError(place[1], f"no answer within {deadline_s:g} s")


def _tether(answers: list[Answer | None]) -> Tether | None:
    """The median of what the sources say, or None where none says anything."""
    quotes = [answer for answer in answers if isinstance(answer, Quote)]
    if not quotes:
        return None
    return Tether(median([quote.last for quote in quotes]), tuple(one.exchange for one in quotes))
