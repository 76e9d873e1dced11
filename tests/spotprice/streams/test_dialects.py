"""The simulated streams as servers: whatever a client says, and what they say back."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.spotprice.streams.samples import NOW_NS, SAMPLES

from spotprice.exchanges import EXCHANGES
from spotprice.simulated.dialects import DIALECTS
from spotprice.simulated.dialects.base import Wish
from spotprice.simulated.plan import Behaviour, Failure, Plan
from spotprice.simulated.running import serve
from spotprice.streams import STREAMS

WORDS = st.sampled_from(
    [
        "subscribe",
        "SUBSCRIBE",
        "ping",
        "ticker",
        "tickers",
        "btcusdt@ticker",
        "BTC-USD",
        "spot.ping",
    ]
)
KEYS = st.sampled_from(
    ["op", "args", "method", "params", "channel", "symbol", "event", "data", "type", "sub", "id"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=9,
)


def test_every_exchange_has_a_dialect_where_its_stream_is() -> None:
    """What listens and what connects agree on the place."""
    assert [*DIALECTS] == [*EXCHANGES]
    for name, dialect in DIALECTS.items():
        assert dialect.path == (STREAMS[name].path.partition("?")[0] or "/")


@pytest.mark.parametrize("name", DIALECTS)
@given(said=VALUES)
@settings(max_examples=60, deadline=None)
def test_whatever_a_client_says_is_answered_or_passed_over(name: str, said: Any) -> None:
    """No message makes a simulated venue fail, and all it says is text."""
    for heard in DIALECTS[name].hear(said, NOW_NS):
        texts = (heard.granted, heard.refused) if isinstance(heard, Wish) else (heard,)
        assert all(text is None or isinstance(text, str) for text in texts)


@pytest.mark.parametrize("name", DIALECTS)
def test_documented_messages_are_wishes_and_pings_are_answered(name: str) -> None:
    """What the documentation says to send is understood: both markets are wanted."""
    dialect, sample = DIALECTS[name], SAMPLES[name]
    heard = [one for message in sample.asked for one in dialect.hear(message, NOW_NS)]
    query = {"symbols": ",".join(sample.markets)}
    wishes = [one for one in (*heard, *dialect.ask(query)) if isinstance(one, Wish)]
    assert {wish.market.upper() for wish in wishes} == {one.upper() for one in sample.markets}
    assert all(dialect.read(wish.market) for wish in wishes)
    if sample.ping is not None:
        (answer,) = dialect.hear(sample.ping, NOW_NS)
        assert isinstance(answer, str)
        assert "pong" in answer or json.loads(answer)


def answers(plan: Plan, **headers: str) -> dict[str, int]:
    """Ask for every stream without the words for a WebSocket; return the HTTP statuses."""

    async def main() -> dict[str, int]:
        statuses = {}
        async with serve(plan) as world, aiohttp.ClientSession() as session:
            for name, exchange in world.exchanges.items():
                url = exchange.hosts[0] + DIALECTS[name].path
                async with session.get(url, headers=headers) as response:
                    statuses[name] = response.status
        return statuses

    return asyncio.run(main())


def test_who_asks_without_a_websocket_is_told_so() -> None:
    """A browser that comes along gets a sentence."""
    assert set(answers(Plan()).values()) == {426}


def test_a_venue_that_bans_does_so_before_the_stream() -> None:
    """The failures that are said are HTTP answers here too, in every venue's own way."""
    plan = Plan(usual=Behaviour(failure_rate=1, failures=(Failure.BLOCKED,)))
    statuses = answers(plan)
    assert {statuses["binance"], statuses["coinbase"]} <= {403, 451}
    assert 426 not in statuses.values()
