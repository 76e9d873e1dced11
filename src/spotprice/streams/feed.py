"""What is followed, who is told, and where time comes from."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from spotprice.exchanges.base import Exchange
from spotprice.quote import Answer, Quote
from spotprice.streams.base import Stream
from spotprice.symbol import Symbol

OnAnswer = Callable[[Symbol, Answer], None]
"""Is called with every quote and error, in the order in which they come. It must be quick."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Where time and chance come from.

    Attributes:
        now_ns: Nanoseconds since 1970.
        elapsed_s: Seconds of a clock that only goes forward.
        sleep: Waits so many seconds before the next connection.
        chance: From 0 up to but not including 1.
    """

    now_ns: Callable[[], int] = time.time_ns
    elapsed_s: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Feed:
    """What is followed: some markets of one exchange.

    Attributes:
        stream: Where the exchange pushes them.
        exchange: Whose they are.
        symbols: Which.
        known: Quotes from elsewhere to begin with.
    """

    stream: Stream
    exchange: Exchange
    symbols: tuple[Symbol, ...]
    known: Mapping[Symbol, Quote] = field(default_factory=dict)
