"""A described host whose chances are decided by somebody else: drawn, recorded, or forced."""

import errno
from functools import partial
from random import Random
from typing import Final

from loopscope.simulator.hosts.description import Description, Failure
from loopscope.simulator.hosts.draws import Draws
from loopscope.simulator.hosts.latency import Latency
from loopscope.simulator.hosts.model import LiveHost, Report
from loopscope.simulator.network.remote import Opening
from loopscope.simulator.world import World
from loopscope.simulator.world_parts import Action

_CONNECTION_CODES: Final = {"refuse": errno.ECONNREFUSED, "unreachable": None}


class DecidedHost(LiveHost):
    """A host that asks for every decision.

    What has only one possible outcome is no decision. Whoever decides by drawing from the stream
    that comes with the question gets the run that there would be without anybody deciding.

    Args:
        world: The world.
        name: What the program calls it.
        description: How it behaves.
        report: Notes what is wrong with the description.
        draws: Decides.
    """

    def __init__(
        self, world: World, name: str, description: Description, report: Report, draws: Draws
    ) -> None:
        super().__init__(world, name, description, report)
        self._draws = draws
        self._label = name if description.port is None else f"{name}:{description.port}"
        self._asked = {"look-up": 0, "connection": 0, "request": 0}
        self._failures = {_kind(one): one for one in description.failures.requests}
        self._odds = [(_kind(one), one.rate) for one in description.failures.requests]

    def look_up(self) -> tuple[int, bool]:
        """Return how long it takes to find its address, in ns, and whether it is found."""
        key = self._next_key("look-up")
        dns, rate = self.description.dns, self.description.failures.dns
        if dns.constant_ns is not None and not rate:
            return dns.constant_ns, True
        random = self._random("dns")
        delay_ns = self._duration(f"{key} time", dns, random)
        return delay_ns, not self._draws.failure(f"{key} failure", (("dns", rate),), random)

    def open(self, port: int) -> Opening:
        """Somebody connects."""
        key = self._next_key("connection")
        if self._connects_simply:
            return super().open(port)
        described = self.description
        failures = described.failures
        random = self._random("connection")
        delay_ns = self._duration(f"{key} connect", described.connect, random)
        tls_ns = self._duration(f"{key} tls", described.tls, random)
        odds = (("refuse", failures.refuse), ("unreachable", failures.unreachable))
        kind = self._draws.failure(f"{key} failure", odds, random)
        if kind:
            return Opening(delay_ns, _CONNECTION_CODES[kind])
        if described.forward is not None:
            pieces = _Pieces(key, described.latency, random, self._draws)
            return Opening(delay_ns, forward=described.forward, delay=pieces.next_ns)
        return Opening(delay_ns, serve=self.serve, tls_ns=tls_ns)

    def begin(self, latency: Latency | None = None) -> tuple[int, Failure | None]:
        """A request has arrived: return how long it takes in ns, and what befalls it."""
        key = self._next_key("request")
        latency = latency or self.description.latency
        if latency.constant_ns is not None and not self._can_fail:
            return latency.constant_ns, None
        random = self._random("request")
        delay_ns = self._duration(f"{key} latency", latency, random)
        if not self._can_fail:
            return delay_ns, None
        kind = self._draws.failure(f"{key} failure", self._odds, random)
        return delay_ns, self._failures.get(kind)

    def work(self, delay_ns: int, done: Action) -> None:
        """Work on the request that has just begun, and tell when it is done."""
        super().work(delay_ns, partial(self._complete, self._asked["request"], done))

    def _complete(self, number: int, done: Action) -> None:
        self._draws.completed(self._label, number)
        done()

    def _next_key(self, word: str) -> str:
        number = self._asked[word] = self._asked[word] + 1
        return f"{self._label} {word} {number}"

    def _duration(self, key: str, latency: Latency, random: Random) -> int:
        if latency.constant_ns is not None:
            return latency.constant_ns
        return self._draws.duration(key, latency, random)


class _Pieces:
    """How long the pieces are under way that go between the program and a server of its own."""

    def __init__(self, key: str, latency: Latency, random: Random, draws: Draws) -> None:
        self._key = key
        self._latency = latency
        self._random = random
        self._draws = draws
        self._count = 0

    def next_ns(self) -> int:
        """Return it for the next piece: half of what there and back takes."""
        if self._latency.constant_ns is not None:
            return self._latency.constant_ns // 2
        self._count += 1
        key = f"{self._key} piece-{self._count}"
        return self._draws.duration(key, self._latency, self._random) // 2


def _kind(failure: Failure) -> str:
    return str(failure.status) if failure.kind == "status" else failure.kind
