"""The world that a program is checked in: its hosts, how they vary, and how they fail."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from loopscope.errors import UsageError
from loopscope.simulator.costs import parse_costs
from loopscope.simulator.hosts.description import Description, Failures
from loopscope.simulator.hosts.directory import stub_host
from loopscope.simulator.hosts.fields import Place
from loopscope.simulator.hosts.latency import Constant, Latency, Lognormal
from loopscope.simulator.hosts.read_failures import read_failures
from loopscope.simulator.hosts.wildcard import matches
from loopscope.simulator.run import LONGEST_NS, MOST_STEPS, Settings
from loopscope.simulator.world_file import read_world

SIGMA: Final = 0.5
"""How much ``--vary latency`` varies: half is below what the world says, one in a hundred takes
3.2 times as long, one in a thousand 4.7 times."""


@dataclass(frozen=True, slots=True)
class FailureRule:
    """A failure given on the command line.

    Attributes:
        host: The host's name, where ``*`` stands for any characters.
        port: Its port; None for all.
        kind: As in a world file: ``refuse``, ``reset``, ``503`` ...
        rate: How often, 0 to 1.
    """

    host: str
    port: int | None
    kind: str
    rate: float


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is around the program in every run. It can be pickled if its hosts can.

    Attributes:
        world: The world file; None without.
        hosts: More hosts.
        latency_ns: Lets hosts that nobody described answer too, after this time.
        varies: Whether latencies that are constant vary.
        failures: What fails beside what the world says.
        costs: What computing costs, as on the command line.
        cpus: How many processors the program finds.
        max_steps: How many steps a run may take.
        max_time_ns: How much virtual time it may take.
    """

    world: Path | None = None
    hosts: tuple[Description, ...] = ()
    latency_ns: int | None = None
    varies: bool = False
    failures: tuple[FailureRule, ...] = ()
    costs: tuple[str, ...] = ()
    cpus: int = 4
    max_steps: int = MOST_STEPS
    max_time_ns: int = LONGEST_NS

    def settings(self) -> Settings:
        """Return what a simulation is made with; the seed is still to be set.

        Raises:
            LoopscopeError: Something does not fit; the message says what.
        """
        hosts = [*self.hosts, *(read_world(self.world) if self.world is not None else ())]
        if self.latency_ns is not None:
            hosts.append(stub_host(self.latency_ns))
        for rule in self.failures:
            hosts = list(_with_failure(hosts, rule))
        if self.varies:
            hosts = [_varied(host) for host in hosts]
        return Settings(
            cpus=self.cpus,
            costs=parse_costs(self.costs or ("none",)),
            hosts=tuple(hosts),
            max_steps=self.max_steps,
            max_time_ns=self.max_time_ns,
        )


def read_failure(text: str) -> FailureRule:
    """Return a failure rule from ``HOST:KIND:RATE``: ``api.example.com:refuse:20%``.

    Raises:
        ValueError: It is none; the message says so in one sentence.
    """
    host, _, rest = text.partition(":")
    kind, _, rate_text = rest.rpartition(":")
    port_text, _, after_port = kind.partition(":")
    port = None
    if port_text.isdecimal() and after_port:
        port, kind = int(port_text), after_port
    try:
        rate = float(rate_text.removesuffix("%")) / (100 if rate_text.endswith("%") else 1)
    except ValueError:
        rate = -1.0
    if not host or not kind or not 0 <= rate <= 1:
        raise ValueError(
            f"{text[:60]!r} is no failure: write HOST:KIND:RATE, such as "
            "api.example.com:refuse:20%."
        )
    return FailureRule(host.lower(), port, kind, rate)


def _with_failure(hosts: list[Description], rule: FailureRule) -> Iterable[Description]:
    """Return the hosts, those that the rule means with its failure."""
    found = [one for one in hosts if _is_meant(rule, one)]
    if found:
        return [_failing(one, rule) if one in found else one for one in hosts]
    for one in hosts:
        if matches(one.name, rule.host) and rule.port in (None, one.port or rule.port):
            port = one.port if rule.port is None else rule.port
            return [_failing(replace(one, name=rule.host, port=port), rule), *hosts]
    raise UsageError(
        f"--fail {rule.host}:{rule.kind}:... means no host of this world: describe it in the "
        "world file, or let every host answer with --latency 100ms.",
        slug="fail-unknown",
    )


def _is_meant(rule: FailureRule, host: Description) -> bool:
    return matches(rule.host, host.name) and rule.port in (None, host.port)


def _failing(host: Description, rule: FailureRule) -> Description:
    place = Place(f"--fail {rule.host}:{rule.kind}", Path())
    kind = "forward" if host.forward is not None else host.kind
    more = read_failures({rule.kind: rule.rate}, place, kind)
    given = host.failures
    total = sum(one.rate for one in (*given.requests, *more.requests))
    connecting = given.refuse + more.refuse + given.unreachable + more.unreachable
    if total > 1 or connecting > 1 or given.dns + more.dns > 1:
        place.refuse(f"with what the world says of {host.name}, more than every call would fail.")
    return replace(
        host,
        failures=Failures(
            given.dns + more.dns,
            given.refuse + more.refuse,
            given.unreachable + more.unreachable,
            (*given.requests, *more.requests),
        ),
    )


def _varied(host: Description) -> Description:
    return replace(
        host,
        latency=_spread(host.latency),
        connect=_spread(host.connect),
        dns=_spread(host.dns),
        tls=_spread(host.tls),
        answers=tuple(
            one if one.latency is None else replace(one, latency=_spread(one.latency))
            for one in host.answers
        ),
    )


def _spread(latency: Latency) -> Latency:
    if isinstance(latency, Constant) and latency.constant_ns:
        return Lognormal(latency.constant_ns, SIGMA)
    return latency
