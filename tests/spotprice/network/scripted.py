"""A transport that answers by a script, and a loop on which the script takes no time."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

import aiohttp
from tests.support import VirtualClock, virtual_loop

from spotprice.exchanges.answer import Times
from spotprice.exchanges.base import (
    Exchange,
    Faults,
    Fields,
    Rate,
    Reply,
    Spelling,
)
from spotprice.network.transport import Transport
from spotprice.symbol import Symbol

T = TypeVar("T")
BITCOIN = Symbol("BTC", "USD")
GOOD = Reply(200, {}, b'{"price": "100", "bid": "99", "ask": "101", "volume": "5"}')


def an_exchange(**changed: Any) -> Exchange:
    """Return a made-up exchange with a mirror; keyword arguments replace its attributes."""
    plain: dict[str, Any] = {
        "id": "market",
        "name": "Market",
        "hosts": ("http://one", "http://two"),
        "path": "/{market}",
        "spelling": Spelling(separator="-"),
        "fields": Fields(last="price", bid="bid", ask="ask", volume="volume"),
        "faults": Faults(code="error", text="message"),
        "rate": Rate(requests=10, seconds=1),
    }
    return Exchange(**{**plain, **changed})


@dataclass
class Scripted(Transport):
    """Answers the n-th request by the n-th entry: a delay, and a reply or an exception.

    Attributes:
        script: What happens to each request; the last entry holds for all that follow.
        asked: When each request was sent (in the loop's time) and to which address.
        ended: The requests that were answered, by number.
    """

    script: list[tuple[float, Reply | Exception]]
    asked: list[tuple[float, str]] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    session: aiohttp.ClientSession = field(init=False)

    async def get(self, exchange_id: str, url: str) -> tuple[Reply, Times]:
        """Answer by the script."""
        del exchange_id
        number = len(self.asked)
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        self.asked.append((round(began_s, 6), url))
        delay_s, outcome = self.script[min(number, len(self.script) - 1)]
        await asyncio.sleep(delay_s)
        self.ended.append(number)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome, Times(1_790_000_000_000_000_000, round((loop.time() - began_s) * 1e9))


def virtually(main: Callable[[], Coroutine[Any, Any, T]]) -> tuple[T, float]:
    """Run a coroutine in virtual time; return its result and the seconds it took."""
    clock = VirtualClock()
    with asyncio.Runner(loop_factory=lambda: virtual_loop(clock)) as runner:
        result = runner.run(main())
        assert asyncio.all_tasks(runner.get_loop()) == set()
    return result, round(clock.ns / 1e9, 6)
