"""Prices as plain data for ``--json``.

Every amount of money is text, exactly as computed; times are ISO 8601 (``_time``) and seconds
since 1970 (``_time_s``), spans are seconds (``_s``). Each market has an entry for every exchange
that was asked, by its id. Fields are only ever added within a version. The whole::

    format, version        "spotprice", 1
    time, time_s           when the answers were complete
    took_s                 how long it took to get them
    tether                 null, or what one USDT costs in USD:
        rate               dollars
        sources            ids of the exchanges that it comes from
    markets                one for each symbol, in the order asked:
        symbol             "BTC-USD"
        consensus
            reached        whether there is a price
            price          null, or the median of the quotes used
            weighted       null, or their median weighted by volume
            confidence     null, or half the width of the range that holds the middle half
            currency       what the three are in
            used           ids of the exchanges whose quotes agree
            left_out       id of every other exchange: why
            reason         null, or why there is no price
        exchanges          id of every exchange: a quote or an error
            name           "Binance"
            is_quote       true: a quote
            last, bid, ask, volume                  null where it is not said (never last)
            currency                                what it really quotes: USD or USDT
            exchange_time, exchange_time_s          null where it gives no time
            received_time, received_time_s
            age_s                                   by the exchange's time if it has one
            latency_s                               0 on a stream
            is_quote       false: an error
            error                                   its slug: "timeout", "rate-limited" ...
            reason                                  in words
            retry_after_s                           null where it does not say
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from spotprice.consensus import Consensus, Tether
from spotprice.exchanges.base import Exchange
from spotprice.quote import Answer, Quote
from spotprice.views.market import Market

VERSION: Final = 1
_SECOND, _MICROSECOND = 1_000_000_000, 1_000
_MOST_ZEROS = 40

Document = dict[str, Any]


def survey_document(
    markets: Sequence[Market], exchanges: Mapping[str, Exchange], took_ns: int
) -> Document:
    """Return markets of one moment (at least one) as JSON-ready data.

    Args:
        markets: From one survey.
        exchanges: By id, for their names.
        took_ns: How long the survey took.
    """
    moment = markets[0]
    return {
        "format": "spotprice",
        "version": VERSION,
        **_time("time", moment.at_ns),
        "took_s": took_ns / _SECOND,
        "tether": _tether(moment.tether),
        "markets": [_market(market, exchanges) for market in markets],
    }


def _market(market: Market, exchanges: Mapping[str, Exchange]) -> Document:
    return {
        "symbol": str(market.symbol),
        "consensus": _consensus(market.consensus),
        "exchanges": {
            name: {
                "name": exchanges[name].name if name in exchanges else name,
                **_answer(answer, market.at_ns),
            }
            for name, answer in market.answers.items()
        },
    }


def _consensus(consensus: Consensus) -> Document:
    return {
        "reached": consensus.reached,
        "price": _money(consensus.price),
        "weighted": _money(consensus.weighted),
        "confidence": _money(consensus.confidence),
        "currency": consensus.currency,
        "used": list(consensus.used),
        "left_out": consensus.left_out,
        "reason": consensus.reason,
    }


def _answer(answer: Answer, now_ns: int) -> Document:
    if not isinstance(answer, Quote):
        return {
            "is_quote": False,
            "error": answer.slug,
            "reason": answer.reason,
            "retry_after_s": answer.retry_after_s,
        }
    return {
        "is_quote": True,
        "last": _money(answer.last),
        "bid": _money(answer.bid),
        "ask": _money(answer.ask),
        "volume": _money(answer.volume),
        "currency": answer.currency,
        **_time("exchange_time", answer.exchange_ns),
        **_time("received_time", answer.received_ns),
        "age_s": answer.age_ns(now_ns) / _SECOND,
        "latency_s": answer.latency_ns / _SECOND,
    }


def _tether(tether: Tether | None) -> Document | None:
    if tether is None:
        return None
    return {"rate": _money(tether.rate), "sources": list(tether.sources)}


def _money(amount: Decimal | None) -> str | None:
    """Return an amount digit by digit; with an exponent only where that would fill pages."""
    if amount is None:
        return None
    return f"{amount:f}" if abs(amount.adjusted()) <= _MOST_ZEROS else str(amount)


def _time(name: str, at_ns: int | None) -> Document:
    if at_ns is None:
        return {name: None, f"{name}_s": None}
    seconds, rest_ns = divmod(at_ns, _SECOND)
    at = datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest_ns // _MICROSECOND)
    return {name: at.isoformat(), f"{name}_s": at_ns / _SECOND}
