"""Asking exchanges again and again, each at its own pace and none faster than it allows."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from spotprice.client import Survey
from spotprice.exchanges.base import Exchange
from spotprice.network.limits import Window
from spotprice.quote import Answer, Quote
from spotprice.symbol import Symbol

Ask = Callable[[Sequence[str], Sequence[Symbol], float], Awaitable[Survey]]
"""Asks exchanges for markets within a deadline in seconds, as ``Client.survey`` does."""

Put = Callable[[Symbol, str, Answer], None]
"""Takes the answer of an exchange, by its id, about a market."""

_INSTANT_S = 1e-6  # nobody waits for less, least of all for a rounding error


async def poll(
    ask: Ask, exchange: Exchange, errands: Mapping[Symbol, float], deadline_s: float, put: Put
) -> None:
    """Ask one exchange for its markets until cancelled.

    An exchange has a task of its own, so that one that is slow holds up no other. What is due is
    asked for together, as much of it as the exchange's limit lets through, and whoever has waited
    longest comes first. Then the limit's time for so many requests goes by, lest a limit for a
    minute is used up in its first second. Kraken's one request a second for three markets makes
    three seconds for each.

    Args:
        ask: What asks.
        exchange: Whom.
        errands: For what, and how often in seconds; at least one.
        deadline_s: For every answer.
        put: Is told the answers.
    """
    loop = asyncio.get_running_loop()
    window = Window(exchange.rate)
    due_s = dict.fromkeys(errands, loop.time())
    while True:
        began_s = loop.time()
        waiting = [symbol for symbol, at_s in due_s.items() if at_s <= began_s + _INSTANT_S]
        batch = []
        for symbol in sorted(waiting, key=due_s.__getitem__):
            if window.wait_s(began_s) > _INSTANT_S:
                break
            window.take(began_s)
            due_s[symbol] = began_s + errands[symbol]
            batch.append(symbol)
        if batch:
            await ask_once(ask, exchange, batch, deadline_s, put)
        now_s = loop.time()
        spread_s = began_s + len(batch) * exchange.rate.seconds / exchange.rate.requests
        free_s = max(spread_s, now_s + window.wait_s(now_s))
        await asyncio.sleep(max(free_s, min(due_s.values())) - now_s)


async def ask_once(
    ask: Ask, exchange: Exchange, symbols: Sequence[Symbol], deadline_s: float, put: Put
) -> None:
    """Ask one exchange once for some markets.

    It is asked in the currency that it really quotes. The price of the tether is therefore not
    asked for along with every answer: it has errands of its own.
    """
    asked = {symbol: _as_quoted(exchange, symbol) for symbol in symbols}
    survey = await ask([exchange.id], list(dict.fromkeys(asked.values())), deadline_s)
    for symbol, market in asked.items():
        answer = survey.answers[market][exchange.id]
        if isinstance(answer, Quote):
            answer = replace(answer, symbol=symbol)
        put(symbol, exchange.id, answer)


def _as_quoted(exchange: Exchange, symbol: Symbol) -> Symbol:
    return Symbol(symbol.base, exchange.spelling.currency(symbol))
