"""One exchange as this process knows it: its limit, circuits and latency, and how to ask it."""

import asyncio
from dataclasses import dataclass, field
from functools import partial

from spotprice.errors import (
    BlockedError,
    ConnectError,
    ExchangeError,
    RateLimitedError,
    UnknownSymbolError,
)
from spotprice.exchanges.answer import read_quote
from spotprice.exchanges.base import SECOND, Exchange
from spotprice.network.circuit import Circuit
from spotprice.network.latency import Latencies
from spotprice.network.limits import Window
from spotprice.network.transport import Transport
from spotprice.quote import Quote
from spotprice.symbol import Symbol

MOST_REQUESTS = 3
"""For one quote: the first, its hedge, and one retry."""


@dataclass(slots=True, eq=False)
class _Race:
    """The requests for one quote: the first good answer wins.

    Attributes:
        ends_s: The deadline, in the loop's time.
        first: Ends the first request, which runs in the caller's own task, when another has won.
        others: The requests in tasks of their own: a hedge, a retry.
        has_first_failed: Whether only the others are left.
        settled: Set when there is nothing left to wait for among the others.
        winner: The first good answer of the others.
        failure: The first failure, which is the answer if all fail.
        sent: How many requests there were.
        is_over: Whether there is an answer: what the others come to is of no interest any more.
    """

    symbol: Symbol
    ends_s: float
    first: asyncio.Timeout
    others: set[asyncio.Task[Quote]] = field(default_factory=set)
    has_first_failed: bool = False
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    winner: Quote | None = None
    failure: BaseException | None = None
    sent: int = 1
    is_over: bool = False


class Venue:
    """Asks one exchange.

    Args:
        exchange: Which one.
        transport: What sends its requests.
        hedges: Whether a second request may be sent while the first is unanswered.
        limits: Whether to keep to the exchange's documented limit.
    """

    def __init__(
        self, exchange: Exchange, transport: Transport, *, hedges: bool, limits: bool
    ) -> None:
        self.exchange = exchange
        self._transport = transport
        self._hedges = hedges and exchange.may_hedge
        self._window = Window(exchange.rate) if limits else None
        self._circuits = {host: Circuit() for host in exchange.hosts}
        self._latencies = Latencies()

    async def quote(self, symbol: Symbol, ends_s: float) -> Quote:
        """Ask until there is a good answer, or none can come any more.

        Args:
            symbol: The market.
            ends_s: The deadline in the loop's time. It decides what is worth sending; whoever
                calls cancels this when it has come.

        Raises:
            ExchangeError: The first thing that went wrong, where nothing went right after it.
        """
        if self.exchange.target(symbol) is None:
            reason = f"it quotes {self.exchange.spelling.dollars} itself in nothing"
            raise UnknownSymbolError(self.exchange.id, reason)
        await self._wait_for_turn(ends_s)
        clock = asyncio.get_running_loop().time
        race = _Race(symbol, ends_s, asyncio.timeout(None))
        hedge = self._plan_hedge(race)
        sent_s = clock()
        try:
            async with race.first:
                return await self._ask(symbol, 0)
        except TimeoutError:
            pass  # another request has won
        except UnknownSymbolError:
            raise  # no second request makes a market
        except ExchangeError as error:
            race.has_first_failed = True
            self._take_failure(race, error, sent_s)
            if race.others:
                await race.settled.wait()
        finally:
            if hedge is not None:
                hedge.cancel()
            await _abandon(race)
        if race.winner is not None:
            return race.winner
        assert race.failure is not None  # noqa: S101 - a race ends with an answer or a failure
        raise race.failure

    async def _wait_for_turn(self, ends_s: float) -> None:
        """Wait until the limit lets one more request through, unless that is after the deadline."""
        if self._window is None:
            return
        now_s = asyncio.get_running_loop().time()
        wait_s = self._window.wait_s(now_s)
        if now_s + wait_s >= ends_s:
            reason = f"asked more often than it allows; again in {wait_s:.1f} s"
            raise RateLimitedError(self.exchange.id, reason, retry_after_s=wait_s)
        self._window.take(now_s + wait_s)
        if wait_s > 0:
            await asyncio.sleep(wait_s)

    def _plan_hedge(self, race: _Race) -> asyncio.TimerHandle | None:
        """Have a second request sent if there is no answer by the usual time."""
        if not self._hedges:
            return None
        loop = asyncio.get_running_loop()
        delay_s = self._latencies.hedge_after_s(race.ends_s - loop.time())
        return loop.call_later(delay_s, self._send_another, race)

    def _take_failure(self, race: _Race, error: ExchangeError, sent_s: float) -> None:
        """Note a failure, and ask once more where that can help and there is time."""
        race.failure = race.failure or error
        now_s = asyncio.get_running_loop().time()
        came_fast = 2 * (now_s - sent_s) <= race.ends_s - now_s
        if came_fast and (error.may_retry or isinstance(error, BlockedError)):
            self._send_another(race)

    def _send_another(self, race: _Race) -> None:
        """Send one more request if the limit and the circuits let it through now."""
        now_s = asyncio.get_running_loop().time()
        if race.sent >= MOST_REQUESTS or self._open_host(race.sent, now_s) is None:
            return
        if self._window is not None:
            if self._window.wait_s(now_s) > 0:
                return
            self._window.take(now_s)
        name = f"{self.exchange.id} {race.symbol} again"
        task = asyncio.create_task(self._ask(race.symbol, race.sent), name=name)
        task.add_done_callback(partial(self._take_answer, race, now_s))
        race.others.add(task)
        race.sent += 1

    def _take_answer(self, race: _Race, sent_s: float, task: asyncio.Task[Quote]) -> None:
        """One of the other requests is done: a good answer ends the race."""
        race.others.discard(task)
        error = None if task.cancelled() else task.exception()
        if race.is_over or task.cancelled():
            return
        if isinstance(error, ExchangeError):
            self._take_failure(race, error, sent_s)
        elif error is not None:
            race.failure = error
        else:
            race.winner, race.is_over = task.result(), True
            if not race.has_first_failed:
                race.first.reschedule(asyncio.get_running_loop().time())
        if race.has_first_failed and (race.is_over or not race.others):
            race.settled.set()

    def _open_host(self, number: int, now_s: float) -> str | None:
        """Choose the host for the n-th request: each its own, leaving out those that refuse."""
        hosts = [host for host, circuit in self._circuits.items() if circuit.refusal(now_s) is None]
        return hosts[number % len(hosts)] if hosts else None

    async def _ask(self, symbol: Symbol, number: int) -> Quote:
        """Send one request and read its answer."""
        clock = asyncio.get_running_loop().time
        host = self._open_host(number, clock())
        if host is None:
            raise self._refusal(clock())
        target = self.exchange.target(symbol)
        try:
            reply, times = await self._transport.get(self.exchange.id, f"{host}{target}")
            quote = read_quote(self.exchange, symbol, reply, times)
        except ConnectError:
            if self._window is not None:
                self._window.give_back()
            raise
        except ExchangeError as error:
            self._trip(host, error, clock())
            raise
        self._latencies.add(times.latency_ns / SECOND)
        return quote

    def _refusal(self, now_s: float) -> ExchangeError:
        refusals = [circuit.refusal(now_s) for circuit in self._circuits.values()]
        return next(one for one in refusals if one is not None)

    def _trip(self, host: str, error: ExchangeError, now_s: float) -> None:
        """Open the circuit: of this host if it blocks this address, else of them all."""
        for name, circuit in self._circuits.items():
            if name == host or not isinstance(error, BlockedError):
                circuit.trip(error, now_s)


async def _abandon(race: _Race) -> None:
    """Cancel the requests that lost, and wait for their end so that none is left behind."""
    race.is_over = True
    for task in race.others:
        task.cancel()
    if race.others:
        await asyncio.wait(race.others)
