"""What the ten streams send and say, message by message, and whatever else might come."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.spotprice.streams.samples import NOW_NS, SAMPLES, Sample

from spotprice.exchanges import EXCHANGES
from spotprice.streams import STREAMS
from spotprice.streams.base import Event, Reject, Send, Unsaid, Update
from spotprice.streams.wire import decode
from spotprice.symbol import Symbol

VENUES = [pytest.param(name, sample, id=name) for name, sample in SAMPLES.items()]
SAID = [
    pytest.param(name, message, meant, id=f"{name}-{number}")
    for name, sample in SAMPLES.items()
    for number, (message, meant) in enumerate(sample.said.items())
]


def test_every_exchange_has_a_stream_and_a_sample() -> None:
    """No exchange is without a stream, and no stream without its documented messages."""
    assert [*STREAMS] == [*EXCHANGES] == [*SAMPLES]


@pytest.mark.parametrize(("name", "sample"), VENUES)
def test_what_is_sent(name: str, sample: Sample) -> None:
    """Markets are spelt, connected to, asked for and kept alive as the exchange documents it."""
    stream = STREAMS[name]
    markets = [stream.spell(EXCHANGES[name], Symbol(base, "USD")) for base in ("BTC", "ETH")]
    assert markets == [*sample.markets]
    assert stream.address(sample.markets, 0) == sample.url
    assert list(stream.subscribe(sample.markets, NOW_NS)) == sample.asked
    assert (stream.ping(NOW_NS) if stream.ping else None) == sample.ping
    assert stream.spell(EXCHANGES[name], Symbol("USDT", "USD")) is None or name in (
        "coinbase",
        "kraken",
        "gemini",
        "bitstamp",
    )


@pytest.mark.parametrize(("name", "message", "meant"), SAID)
def test_what_is_said(name: str, message: str, meant: list[Event]) -> None:
    """Every documented message means what the documentation says, exactly."""
    assert list(STREAMS[name].read(decode(message), NOW_NS)) == meant


@pytest.mark.parametrize("name", STREAMS)
def test_another_exchanges_messages_mean_no_price(name: str) -> None:
    """No stream takes another one's message for a price of a market."""
    for other, sample in SAMPLES.items():
        if other != name:
            for message in sample.said:
                events = STREAMS[name].read(decode(message), NOW_NS)
                assert not [event for event in events if isinstance(event, Update)]


def check(event: Event) -> None:
    """Refuse an event that nobody could use."""
    if isinstance(event, Update):
        assert isinstance(event.market, str)
        for price in (event.last, event.bid, event.ask, event.volume):
            assert price is None or isinstance(price, Unsaid) or price >= 0
        assert event.exchange_ns is None or isinstance(event.exchange_ns, int)
    elif isinstance(event, Reject):
        assert event.reason.isprintable()
        assert len(event.reason) < 200
    elif isinstance(event, Send):
        assert len(json.dumps(event.message)) < 100


LEAVES: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["", "0", "-1", "NaN", "Infinity", "1e999", "9" * 99, "btcusdt", "BTC-USD"])
    | st.sampled_from(["subscribe", "error", "update", "change", "bid", "\x1b[2J\x07", "\u202e"])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Walk through a JSON value: every container with every key in it."""
    for key in [*value] if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])


@pytest.mark.parametrize("name", STREAMS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_mutated_message_is_read_or_passed_over(name: str, data: st.DataObject) -> None:
    """Whatever stands in the fields of a message, reading it gives sound events, never raises."""
    message: Any = json.loads(data.draw(st.sampled_from([*SAMPLES[name].said])))
    for _ in range(data.draw(st.integers(1, 3))):
        if everywhere := list(places(message)):
            holder, key = data.draw(st.sampled_from(everywhere))
            if data.draw(st.booleans()):
                holder[key] = data.draw(VALUES)
            else:
                del holder[key]
    try:
        decoded = decode(json.dumps(message))
    except ValueError:
        return  # NaN and Infinity are not JSON
    for event in STREAMS[name].read(decoded, NOW_NS):
        check(event)


@pytest.mark.parametrize("name", STREAMS)
@given(value=VALUES)
@settings(max_examples=60, deadline=None)
def test_any_json_is_read_or_passed_over(name: str, value: Any) -> None:
    """Reading gives sound events of anything at all."""
    try:
        decoded = decode(json.dumps(value))
    except ValueError:
        return  # NaN and Infinity are not JSON
    for event in STREAMS[name].read(decoded, NOW_NS):
        check(event)
