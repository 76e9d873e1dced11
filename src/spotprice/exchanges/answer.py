"""From an exchange's HTTP answer to a quote, or to the error it amounts to. Pure."""

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from spotprice.errors import BadResponseError
from spotprice.exchanges.base import Exchange, Json, Reply
from spotprice.exchanges.body import MISSING, look_up, read_moment, read_price, read_volume
from spotprice.exchanges.refusal import clean, find_fault, make_error, page_fault
from spotprice.quote import Quote
from spotprice.symbol import Symbol


@dataclass(frozen=True, slots=True)
class Times:
    """When a request was sent and when its answer was complete.

    Attributes:
        received_ns: Nanoseconds since 1970.
        latency_ns: From sending to receiving.
    """

    received_ns: int
    latency_ns: int


def read_quote(exchange: Exchange, symbol: Symbol, reply: Reply, times: Times) -> Quote:
    """Read the quote out of an exchange's complete answer.

    The body's own error marker is looked at first (six of ten exchanges report an unknown market
    with HTTP 200), then the status, then the fields.

    Raises:
        ExchangeError: It is no quote, or not one that can be believed.
    """
    body = _decode(exchange, reply, times.received_ns)
    fault = find_fault(exchange, symbol, body, reply)
    if fault is not None:
        raise make_error(exchange, fault, reply, times.received_ns)
    return _quote(exchange, symbol, body, reply, times)


def _decode(exchange: Exchange, reply: Reply, now_ns: int) -> Json:
    try:
        return json.loads(reply.body, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, ArithmeticError, RecursionError):  # ArithmeticError: 1e99999999999999999999
        raise make_error(exchange, page_fault(exchange, reply), reply, now_ns) from None


def _refuse_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON.")


def _quote(exchange: Exchange, symbol: Symbol, body: Json, reply: Reply, times: Times) -> Quote:
    fields = exchange.fields
    _check_market(exchange, symbol, body)
    last = read_price(look_up(body, fields.last, symbol))
    if last is None:
        raise BadResponseError(exchange.id, "its answer has no price that can be believed")
    bid = read_price(look_up(body, fields.bid, symbol))
    ask = read_price(look_up(body, fields.ask, symbol))
    if bid is not None and ask is not None and bid > ask:
        raise BadResponseError(exchange.id, f"its book is crossed: bid {bid} above ask {ask}")
    return Quote(
        exchange=exchange.id,
        symbol=symbol,
        currency=exchange.spelling.currency(symbol),
        last=last,
        bid=bid,
        ask=ask,
        volume=read_volume(look_up(body, fields.volume, symbol)),
        exchange_ns=read_moment(fields.moment, body, reply, times.received_ns),
        received_ns=times.received_ns,
        latency_ns=times.latency_ns,
    )


def _check_market(exchange: Exchange, symbol: Symbol, body: Json) -> None:
    """Refuse an answer about another market than the one asked for."""
    if not exchange.fields.symbol:
        return
    said = look_up(body, exchange.fields.symbol)
    asked = exchange.spelling.spell(symbol)
    if said is not MISSING and (not isinstance(said, str) or _bare(said) != _bare(asked or "")):
        words = clean(str(said))
        raise BadResponseError(exchange.id, f'it was asked for {asked} and answers "{words}"')


@lru_cache(maxsize=4096)
def _bare(market: str) -> str:
    return "".join(sign for sign in market if sign.isalnum()).upper()
