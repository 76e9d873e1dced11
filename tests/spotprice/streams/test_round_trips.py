"""All ten streams against the simulated exchanges, over real sockets."""

import asyncio
from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import count

import pytest
from tests.spotprice.streams.scripted_stream import changed

from spotprice.errors import ExchangeError, TimedOutError, UnknownSymbolError
from spotprice.network.transport import make_session
from spotprice.quote import Answer, Quote
from spotprice.simulated.market import ticker_at
from spotprice.simulated.plan import Behaviour, Failure, Plan
from spotprice.simulated.running import serve
from spotprice.simulated.streams import CONNECTION, MOST_TURNS, simulated_streams
from spotprice.streams import STREAMS
from spotprice.streams.feed import Clock, Feed
from spotprice.streams.follow import follow
from spotprice.symbol import Symbol

BITCOIN, NOSUCH = Symbol("BTC", "USD"), Symbol("NOSUCH", "USD")
AT_NS = 1_795_345_200_000_000_000
SILENT = ("binance", "bitstamp")  # about markets that they have not

Answers = dict[Symbol, list[Answer]]


async def at_once(seconds: float) -> None:  # noqa: ARG001
    """Wait for nothing."""
    await asyncio.sleep(0)


def followed(
    name: str,
    plan: Plan,
    is_enough: Callable[[Answers], bool],
    changes: Mapping[str, object],
    symbols: tuple[Symbol, ...] = (BITCOIN,),
) -> Answers:
    """Follow one simulated exchange until there is enough."""

    async def main() -> Answers:
        answers: Answers = {symbol: [] for symbol in symbols}
        enough = asyncio.Event()

        def take(symbol: Symbol, answer: Answer) -> None:
            answers[symbol].append(answer)
            if is_enough(answers):
                enough.set()

        async with serve(plan, clock_ns=lambda: AT_NS) as world, make_session() as session:
            stream = changed(simulated_streams(world.exchanges)[name], changes)
            feed = Feed(stream, world.exchanges[name], symbols)
            clock = Clock(sleep=at_once, now_ns=lambda: AT_NS + 1)
            following = asyncio.create_task(follow(session, feed, take, clock=clock))
            await asyncio.wait_for(enough.wait(), 20)
            following.cancel()
            await asyncio.wait([following])
        return answers

    return asyncio.run(main())


@pytest.mark.parametrize("name", STREAMS)
def test_what_a_venue_pushes_is_what_arrives(name: str) -> None:
    """Price, book, volume and time come through exactly; an unknown market is one."""

    def is_enough(answers: Answers) -> bool:
        whole = [one for one in answers[BITCOIN] if isinstance(one, Quote) and one.bid]
        return bool(whole and answers[NOSUCH])

    changes = {"silence_s": 0.3, "ping_s": 0.1}
    answers = followed(name, Plan(), is_enough, changes, (BITCOIN, NOSUCH))
    quote = next(one for one in answers[BITCOIN] if isinstance(one, Quote) and one.bid)
    currency = "USD" if name in ("coinbase", "kraken", "gemini", "bitstamp") else "USDT"
    ticker = ticker_at(0, name, Symbol("BTC", currency), AT_NS)
    assert quote == Quote(
        exchange=name,
        symbol=BITCOIN,
        currency=currency,
        last=ticker.last,
        bid=ticker.bid,
        ask=ticker.ask,
        volume=None if name in ("gemini", "bitstamp", "kucoin") else ticker.volume,
        exchange_ns=AT_NS,
        received_ns=AT_NS + 1,
        latency_ns=0,
    )
    kind = TimedOutError if name in SILENT else UnknownSymbolError
    assert isinstance(answers[NOSUCH][0], kind)


def begins_badly(plan: Plan, name: str) -> bool:
    """Whether the first connection fails, after the first prices, and the next two do not."""
    first, *others = (plan.fate(name, CONNECTION, attempt) for attempt in (1, 2, 3))
    fails = first.failure is not None and first.variant % MOST_TURNS == 0
    return fails and not any(other.failure for other in others)


KINDS = (Failure.REFUSE, Failure.BLACK_HOLE, Failure.HTML, Failure.HUGE_BODY)


@pytest.mark.parametrize(
    ("name", "failure"),
    [
        *((name, Failure.RESET) for name in STREAMS),
        *((name, kind) for name in ("huobi", "okx") for kind in KINDS),
    ],
)
def test_a_stream_that_fails_is_an_error_and_comes_back(name: str, failure: Failure) -> None:
    """The first connection fails, soon and in one way; prices come again over the second."""

    def is_enough(answers: Answers) -> bool:
        texts = "".join("E" if isinstance(one, ExchangeError) else "Q" for one in answers[BITCOIN])
        return "EQ" in texts

    usual = Behaviour(failure_rate=0.5, failures=(failure,))
    plans = (Plan(seed, usual) for seed in count())
    plan = next(plan for plan in plans if begins_badly(plan, name))
    prices = followed(name, plan, is_enough, {"silence_s": 0.4, "ping_s": 0.15})[BITCOIN]
    assert all(one.last > Decimal(0) for one in prices if isinstance(one, Quote))
