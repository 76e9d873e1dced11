"""The two plain functions: prices, or quotes with all they say, from many exchanges at once."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from decimal import Decimal

from spotprice.client import Client
from spotprice.consensus import Tether
from spotprice.quote import Answer, Quote
from spotprice.symbol import Symbol


async def aggregate_prices(
    exchanges: Sequence[str],
    symbol: str = "BTC-USD",
    deadline: float = 1.0,
    *,
    client: Client | None = None,
) -> dict[str, Decimal | None]:
    """Return each exchange's price of a market, or None where it gave none in time.

    Prices are in the symbol's own currency: what an exchange quotes in tether is converted by the
    tether's dollar price, which is fetched in the same call. Where that cannot be had, a tether
    price is None rather than taken for dollars.

    Args:
        exchanges: Ids or names as people write them; they are the keys of the result.
        symbol: As in ``BTC-USD``.
        deadline: Seconds for the whole call.
        client: One that is open already, so that its connections are used again.

    Raises:
        UsageError: An argument makes no sense. Nothing that an exchange does raises.
    """
    answers, tether = await _ask(exchanges, symbol, deadline, client)
    return {name: _price(answer, tether) for name, answer in answers.items()}


async def fetch_quotes(
    exchanges: Sequence[str],
    symbol: str = "BTC-USD",
    deadline: float = 1.0,
    *,
    client: Client | None = None,
) -> dict[str, Answer]:
    """Return each exchange's quote of a market, or the error that it came to instead.

    Arguments and errors are those of ``aggregate_prices``. Quotes are as the exchange gave them:
    ``Quote.currency`` says whether in dollars or in tether.
    """
    answers, _ = await _ask(exchanges, symbol, deadline, client)
    return answers


async def _ask(
    exchanges: Sequence[str], symbol: str, deadline: float, client: Client | None
) -> tuple[dict[str, Answer], Tether | None]:
    """Ask once; the answers are keyed by the names that the caller used."""
    wanted = Symbol.parse(symbol)
    async with AsyncExitStack() as stack:
        if client is None:
            client = await stack.enter_async_context(Client())
        survey = await client.survey(exchanges, [wanted], deadline)
    answers = survey.answers[wanted]
    return {name: answers[client.find(name).id] for name in exchanges}, survey.tether


def _price(answer: Answer, tether: Tether | None) -> Decimal | None:
    """Return an answer's price in the currency of its market."""
    if not isinstance(answer, Quote):
        return None
    if answer.currency == answer.symbol.quote:
        return answer.last
    return None if tether is None else answer.last * tether.rate
