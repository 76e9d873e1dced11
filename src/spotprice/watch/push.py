"""Letting an exchange push its prices."""

from dataclasses import replace

import aiohttp

from spotprice.errors import TimedOutError, UnknownSymbolError
from spotprice.quote import Answer, Quote
from spotprice.streams.feed import Feed
from spotprice.streams.follow import follow
from spotprice.symbol import Symbol
from spotprice.watch.poll import Ask, Put, ask_once


async def push(
    ask: Ask, session: aiohttp.ClientSession, feed: Feed, deadline_s: float, put: Put
) -> None:
    """Ask an exchange once, then take what it pushes until cancelled.

    Streams without a ticker say a price only with the next trade, and some accept markets that
    they have not, and stay silent: the first answer tells both. What else goes wrong with it does
    not matter.

    Args:
        ask: What asks the first time.
        session: What connects.
        feed: What to follow.
        deadline_s: For the first answer.
        put: Is told the answers.
    """
    known: dict[Symbol, Quote] = {}
    unknown: set[Symbol] = set()

    def put_first(symbol: Symbol, exchange: str, answer: Answer) -> None:
        if isinstance(answer, Quote):
            known[symbol] = answer
        elif isinstance(answer, UnknownSymbolError):
            unknown.add(symbol)
        else:
            return
        put(symbol, exchange, answer)

    def put_pushed(symbol: Symbol, answer: Answer) -> None:
        if not (isinstance(answer, TimedOutError) and symbol in unknown):  # it was said better
            put(symbol, feed.exchange.id, answer)

    at_once = feed.symbols[: feed.exchange.rate.requests]
    await ask_once(ask, feed.exchange, at_once, deadline_s, put_first)
    await follow(session, replace(feed, known=known), put_pushed)
