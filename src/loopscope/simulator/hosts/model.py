"""A described host at work: look-ups, connections, how many requests it serves at a time."""

import errno
from collections import deque
from collections.abc import Callable
from functools import partial
from random import Random

from loopscope.errors import SimulationError
from loopscope.simulator.hosts.description import Description, Failure
from loopscope.simulator.hosts.latency import Latency
from loopscope.simulator.hosts.steer import Steer
from loopscope.simulator.network.remote import Opening, RemoteEnd, Service
from loopscope.simulator.world import World
from loopscope.simulator.world_parts import Action

Serve = Callable[[RemoteEnd], Service]
Report = Callable[[SimulationError], object]


class LiveHost:
    """A host.

    Every random choice comes from a stream of its own, named after the host and the number of the
    look-up, connection or request, so that one choice does not move another.

    Args:
        world: The world.
        name: What the program calls it, which a description with ``*`` does not say.
        description: How it behaves.
        report: Notes what is wrong with the description.

    Attributes:
        serve: Makes the service of a connection.
        steer: Hears of the requests that arrive; None if nobody does.
    """

    serve: Serve
    steer: Steer | None = None

    def __init__(self, world: World, name: str, description: Description, report: Report) -> None:
        self.world = world
        self.name = name
        self.description = description
        self.report = report
        self._counts = {"dns": 0, "connection": 0, "request": 0}
        self._busy = 0
        self._queue: deque[tuple[int, Action]] = deque()
        self._can_fail = bool(description.failures.requests)
        failures = description.failures
        self._connects_simply = (
            description.connect.constant_ns is not None
            and description.tls.constant_ns is not None
            and description.forward is None
            and not failures.refuse
            and not failures.unreachable
        )

    # ------------------------------------------------------------------------ names, connections

    @property
    def is_known_at_once(self) -> bool:
        """Whether finding its address never takes any time."""
        return self.description.dns.constant_ns == 0

    def look_up(self) -> tuple[int, bool]:
        """Return how long it takes to find its address, in ns, and whether it is found."""
        dns, rate = self.description.dns, self.description.failures.dns
        if dns.constant_ns is not None and not rate:
            return dns.constant_ns, True
        random = self._random("dns")
        return dns.draw(random), random.random() >= rate

    def open(self, port: int) -> Opening:  # noqa: ARG002 - a host is the same at all its ports
        """Somebody connects."""
        described = self.description
        if self._connects_simply:
            return Opening(
                described.connect.constant_ns or 0,
                serve=self.serve,
                tls_ns=described.tls.constant_ns or 0,
            )
        random = self._random("connection")
        delay_ns, tls_ns = described.connect.draw(random), described.tls.draw(random)
        chance = random.random()
        if chance < described.failures.refuse:
            return Opening(delay_ns, errno.ECONNREFUSED)
        if chance < described.failures.refuse + described.failures.unreachable:
            return Opening(code=None)
        if described.forward is not None:
            half = partial(_half, described.latency, random)
            return Opening(delay_ns, forward=described.forward, delay=half)
        return Opening(delay_ns, serve=self.serve, tls_ns=tls_ns)

    # ------------------------------------------------------------------------------------ requests

    def begin(self, latency: Latency | None = None) -> tuple[int, Failure | None]:
        """A request has arrived: return how long it takes in ns, and what befalls it.

        Args:
            latency: What it takes if not what the host takes.
        """
        latency = latency or self.description.latency
        if latency.constant_ns is not None and not self._can_fail:
            return latency.constant_ns, None
        random = self._random("request")
        delay_ns = latency.draw(random)
        if not self._can_fail:
            return delay_ns, None
        chance = random.random()
        for failure in self.description.failures.requests:
            chance -= failure.rate
            if chance < 0:
                return delay_ns, failure
        return delay_ns, None

    def work(self, delay_ns: int, done: Action) -> None:
        """Work on a request for a time, when there is capacity, and then do something."""
        capacity = self.description.capacity
        if capacity is None:
            self.world.after(delay_ns, done)
        elif self._busy < capacity:
            self._busy += 1
            self.world.after(delay_ns, partial(self._next, done))
        else:
            self._queue.append((delay_ns, done))

    def _next(self, done: Action) -> None:
        if self._queue:
            delay_ns, following = self._queue.popleft()
            self.world.after(delay_ns, partial(self._next, following))
        else:
            self._busy -= 1
        done()

    def _random(self, purpose: str) -> Random:
        number = self._counts[purpose] = self._counts[purpose] + 1
        return self.world.random("host", self.name, purpose, number)


def _half(latency: Latency, random: Random) -> int:
    return latency.draw(random) // 2
