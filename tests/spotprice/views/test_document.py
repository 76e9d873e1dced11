"""The JSON document: whole, of strings where it is about money, and with everybody in it."""

import json
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from spotprice.consensus import Tether
from spotprice.errors import MaintenanceError, TimedOutError
from spotprice.exchanges import EXCHANGES
from spotprice.quote import Answer, Quote
from spotprice.symbol import Symbol
from spotprice.views import document
from spotprice.views.document import survey_document
from spotprice.views.market import make_market

NOW_NS = 1_795_345_200_123_456_789
BTC = Symbol.parse("BTC-USD")


def as_json(answers: dict[str, Answer], tether: Tether | None = None) -> Any:
    """The document of one market, as somebody who reads it with any JSON parser gets it."""
    market = make_market(BTC, answers, tether, NOW_NS)
    return json.loads(json.dumps(survey_document([market], EXCHANGES, 512_000_000)))


def test_a_whole_document() -> None:
    """It has exactly the fields that its description lists, with exact amounts."""
    quote = Quote(
        exchange="binance",
        symbol=BTC,
        currency="USDT",
        last=Decimal("62715.91000000"),
        bid=Decimal("62715.90"),
        ask=Decimal("62715.92"),
        volume=Decimal("1E+3"),
        exchange_ns=NOW_NS - 250_000_000,
        received_ns=NOW_NS,
        latency_ns=503_000_000,
    )
    errors: dict[str, Answer] = {
        "okx": MaintenanceError("okx", "it is closed", retry_after_s=30.0),
        "mine": TimedOutError("mine", "no answer within 1 s"),
    }
    assert as_json({"binance": quote}, Tether(Decimal("0.5"), ("kraken",))) == {
        "format": "spotprice",
        "version": 1,
        "time": "2026-11-22T11:00:00.123456+00:00",
        "time_s": 1795345200.1234567,
        "took_s": 0.512,
        "tether": {"rate": "0.5", "sources": ["kraken"]},
        "markets": [
            {
                "symbol": "BTC-USD",
                "consensus": {
                    "reached": True,
                    "price": "31357.955000000",
                    "weighted": "31357.955000000",
                    "confidence": "0.005000000",
                    "currency": "USD",
                    "used": ["binance"],
                    "left_out": {},
                    "reason": None,
                },
                "exchanges": {
                    "binance": {
                        "name": "Binance",
                        "is_quote": True,
                        "last": "62715.91000000",
                        "bid": "62715.90",
                        "ask": "62715.92",
                        "volume": "1000",
                        "currency": "USDT",
                        "exchange_time": "2026-11-22T10:59:59.873456+00:00",
                        "exchange_time_s": 1795345199.8734567,
                        "received_time": "2026-11-22T11:00:00.123456+00:00",
                        "received_time_s": 1795345200.1234567,
                        "age_s": 0.25,
                        "latency_s": 0.503,
                    }
                },
            }
        ],
    }
    told = as_json(errors)
    assert told["tether"] is None
    assert told["markets"][0]["consensus"] == {
        "reached": False,
        "price": None,
        "weighted": None,
        "confidence": None,
        "currency": "USD",
        "used": [],
        "left_out": {"okx": "it is closed", "mine": "no answer within 1 s"},
        "reason": "there is no quote that counts",
    }
    assert told["markets"][0]["exchanges"] == {
        "okx": {
            "name": "OKX",
            "is_quote": False,
            "error": "maintenance",
            "reason": "it is closed",
            "retry_after_s": 30.0,
        },
        "mine": {
            "name": "mine",
            "is_quote": False,
            "error": "timeout",
            "reason": "no answer within 1 s",
            "retry_after_s": None,
        },
    }


def names_in(told: Any) -> set[str]:
    """The names of all fields, but for those that are ids of exchanges."""
    if isinstance(told, list):
        return {name for one in told for name in names_in(one)}
    if not isinstance(told, dict):
        return set()
    return {name for name in told if name not in EXCHANGES} | names_in(list(told.values()))


def test_every_field_is_described() -> None:
    """The description at the head of the module names each field that there can be."""
    quote = Quote("okx", BTC, "USD", Decimal(1), None, None, None, None, NOW_NS, 0)
    told = as_json({"okx": quote, "gate": TimedOutError("gate", "late")})
    described = str(document.__doc__).replace(",", " ").split()
    assert names_in(told) - set(described) == set()
    assert told["markets"][0]["exchanges"]["okx"]["exchange_time"] is None


numbers = st.decimals("1e-18", "1e12", allow_nan=False).filter(lambda number: number > 0)
volumes = st.sampled_from([Decimal("0E-999999"), Decimal("1E-999999"), Decimal("1E+24")]) | numbers


@settings(deadline=None)
@given(numbers, volumes)
def test_money_is_exact_text(last: Decimal, volume: Decimal) -> None:
    """A price and a volume can be read back to the digit, and never fill pages."""
    quote = Quote("okx", BTC, "USD", last, None, None, volume, None, NOW_NS, 0)
    told = as_json({"okx": quote})["markets"][0]["exchanges"]["okx"]
    assert Decimal(told["last"]) == last
    assert Decimal(told["volume"]) == volume
    assert max(len(told["last"]), len(told["volume"])) < 200
