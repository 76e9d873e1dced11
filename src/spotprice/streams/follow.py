"""Following an exchange's stream for as long as it is wanted: connecting again and again."""

import asyncio
from collections.abc import Iterator
from itertools import islice

import aiohttp

from spotprice.errors import ExchangeError, UnknownSymbolError
from spotprice.streams.feed import Clock, Feed, OnAnswer
from spotprice.streams.line import Line
from spotprice.symbol import Symbol

LONGEST_WAIT_S = 60.0
"""Before connecting again. A connection that held for so long begins anew with a short wait."""

_LONGEST_BAN_S = 3600.0  # of what an exchange may ask for

_CLOCK = Clock()


async def follow(
    session: aiohttp.ClientSession, feed: Feed, on_answer: OnAnswer, *, clock: Clock = _CLOCK
) -> None:
    """Pass on what an exchange pushes, until cancelled.

    Every quote is a whole one, merged from what the messages say. Whatever goes wrong is passed
    on as an error of every market concerned, and tried again: after one to two seconds, then
    twice as long each time up to a minute, by chance more or less, and never more often than the
    exchange allows connections. Returns by itself only when no market is left to follow.

    Args:
        session: What connects; it stays open.
        feed: What to follow.
        on_answer: Is told every answer. Of a connection that failed, every market is.
        clock: Where time and chance come from.
    """
    async with asyncio.TaskGroup() as group:
        for number, markets in enumerate(_parts(feed, on_answer)):
            line = Line(feed, markets, on_answer, clock)
            keeping = _keep(line, session, feed, on_answer, clock)
            group.create_task(keeping, name=f"{feed.stream.id} stream {number}")


def _parts(feed: Feed, on_answer: OnAnswer) -> Iterator[dict[str, Symbol]]:
    """Spell the markets, and divide them into what goes over one connection each."""
    spelt: dict[str, Symbol] = {}
    for symbol in dict.fromkeys(feed.symbols):
        market = feed.stream.spell(feed.exchange, symbol)
        if market is None:
            reason = f"it quotes {feed.exchange.spelling.dollars} itself in nothing"
            on_answer(symbol, UnknownSymbolError(feed.exchange.id, reason))
        else:
            spelt[market] = symbol
    markets = iter(spelt.items())
    while part := dict(islice(markets, feed.stream.most_markets)):
        yield part


async def _keep(
    line: Line,
    session: aiohttp.ClientSession,
    feed: Feed,
    on_answer: OnAnswer,
    clock: Clock,
) -> None:
    """Hold one connection after the other."""
    failures = 0
    while line.symbols:
        began_s = clock.elapsed_s()
        trouble = await line.converse(session, failures)
        lasted_s = clock.elapsed_s() - began_s
        failures = 0 if lasted_s >= LONGEST_WAIT_S else failures + 1
        if trouble is not None:
            for symbol in line.symbols:
                on_answer(symbol, trouble)
        if line.symbols:
            gap_s = feed.stream.gap_s - lasted_s
            await clock.sleep(max(_wait_s(failures, clock.chance()), gap_s, _ban_s(trouble)))


def _wait_s(failures: int, chance: float) -> float:
    """How long to wait after so many connections in a row that did not hold."""
    half_s = min(2.0 ** max(failures, 1), LONGEST_WAIT_S) / 2
    return half_s + half_s * chance


def _ban_s(trouble: ExchangeError | None) -> float:
    """How long the exchange asks to be left alone."""
    asked_s = None if trouble is None else trouble.retry_after_s
    return min(asked_s or 0.0, _LONGEST_BAN_S)
