"""From the exchanges' answers to the price on which they agree, or the reason why they do not."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)

from spotprice.consensus.medians import confidence, median, middle_two, weighted_median
from spotprice.consensus.words import RULES, Consensus, Rules, Tether
from spotprice.errors import ExchangeError
from spotprice.quote import Answer, Quote
from spotprice.symbol import Symbol

_SECOND = 1_000_000_000
# The caller's own context must not change a price.
_CONTEXT = Context(
    prec=28,
    rounding=ROUND_HALF_EVEN,
    Emin=-999_999,
    Emax=999_999,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[InvalidOperation, DivisionByZero, Overflow],
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A fresh quote in the currency of the market."""

    price: Decimal
    half_spread: Decimal
    volume: Decimal


def find_consensus(
    answers: Mapping[str, Answer],
    *,
    symbol: Symbol,
    tether: Tether | None,
    now_ns: int,
    rules: Rules = RULES,
) -> Consensus:
    """Find the price on which the exchanges agree.

    Errors, stale quotes and those in a foreign currency are left out first, then outliers. What
    remains is a consensus if it is enough (``Rules.least_count``) and also the majority of the
    quotes that were compared. Numbers are rounded to 28 digits, whatever the caller's context.

    Args:
        answers: What every exchange that was asked gave, by its id.
        symbol: The market.
        tether: The rate by which a quote in USDT becomes one in USD, as the OKX index does. None
            leaves such quotes out of a dollar market: a tether price is not called dollars.
        now_ns: The time now, in nanoseconds since 1970.
        rules: When a quote counts.
    """
    with localcontext(_CONTEXT):
        candidates: dict[str, _Candidate] = {}
        reasons: dict[str, str] = {}
        for name, answer in answers.items():
            found = _candidate(answer, symbol.quote, tether, now_ns, rules)
            if isinstance(found, str):
                reasons[name] = found
            else:
                candidates[name] = found
        reasons |= _outliers(candidates, rules.outlier_ratio)
        used = {name: one for name, one in candidates.items() if name not in reasons}
        least = min(rules.least_count, len(answers))
        reason = _why_none(len(used), len(candidates), least)
        price, weighted, doubt = (None, None, None) if reason else _figures(list(used.values()))
        return Consensus(
            price=price,
            weighted=weighted,
            confidence=doubt,
            currency=symbol.quote,
            used=tuple(used),
            left_out={name: reasons[name] for name in answers if name in reasons},
            reason=reason,
        )


def _candidate(
    answer: Answer, currency: str, tether: Tether | None, now_ns: int, rules: Rules
) -> _Candidate | str:
    """Return what an answer says in the currency of the market, or why it does not count."""
    if isinstance(answer, ExchangeError):
        return answer.reason
    age_ns = answer.age_ns(now_ns)
    if age_ns > rules.stale_ns:
        return f"its quote is {age_ns / _SECOND:,.1f} s old"
    if answer.currency == currency:
        rate = Decimal(1)
    elif (answer.currency, currency) != ("USDT", "USD"):
        return f"in {answer.currency}, not in {currency}"
    elif tether is None:
        return "in USDT, and no rate to dollars"
    else:
        rate = tether.rate
    return _converted(answer, rate, rules.unknown_half_spread_ratio)


def _converted(quote: Quote, rate: Decimal, unknown_half_spread_ratio: Decimal) -> _Candidate:
    price = quote.last * rate
    spread = quote.spread
    return _Candidate(
        price=price,
        half_spread=price * unknown_half_spread_ratio if spread is None else spread * rate / 2,
        volume=quote.volume or Decimal(0),
    )


def _outliers(candidates: Mapping[str, _Candidate], limit: Decimal) -> dict[str, str]:
    """Return who is too far from the median of all candidates, and how far, as BRTI does.

    One candidate is its own median. Of three or more, the median is among the honest ones as long
    as they are the majority. An even number has its median in the gap between the middle two: if
    these two are themselves further apart than the limit, the candidates are two camps of equal
    size, neither is the majority, and all are left out. So are two that disagree (plain BRTI
    would keep two that are up to twice the limit apart).
    """
    if not candidates:
        return {}
    prices = [one.price for one in candidates.values()]
    low, high = middle_two(prices)
    middle = median(prices)
    most = limit * middle
    if high - low > most:
        apart = _percent((high - low) / middle)
        return dict.fromkeys(candidates, f"no majority: the middle two are {apart} apart")
    return {
        name: f"{_percent(abs(one.price / middle - 1))} {_side(one.price > middle)} the median"
        for name, one in candidates.items()
        if abs(one.price - middle) > most
    }


def _why_none(used: int, candidates: int, least: int) -> str | None:
    """Return why there is no consensus, or None if there is one.

    The OKX index needs three exchanges. That the majority of the candidates must agree is a rule
    of our own: five quotes all over the place have a median, too, but it is no consensus.
    """
    if not candidates:
        return "there is no quote that counts"
    if used * 2 <= candidates:
        return f"only {used} of {candidates} quotes agree"
    if used < least:
        return f"{least} quotes are needed, and only {used} count{'s' if used == 1 else ''}"
    return None


def _figures(used: list[_Candidate]) -> tuple[Decimal, Decimal | None, Decimal]:
    """Return price, weighted price and confidence."""
    price = median([one.price for one in used])
    weighted = weighted_median([(one.price, one.volume) for one in used])
    return price, weighted, confidence(price, [(one.price, one.half_spread) for one in used])


def _percent(ratio: Decimal) -> str:
    return f"{ratio * 100:,.2f} %"


def _side(is_above: bool) -> str:
    return "above" if is_above else "below"
