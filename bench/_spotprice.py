"""Simulated exchanges in a process of their own, for the benchmarks of spotprice.

python bench/_spotprice.py SPECIFICATION

serves until its standard input ends. SPECIFICATION is JSON: seed, latency ("500ms"), rate, failures
(a list of kinds) and venues (the same by exchange). Prints each exchange's hosts as JSON.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from spotprice.exchanges import EXCHANGES
from spotprice.exchanges.base import Exchange, Rate
from spotprice.simulated.latency import parse_latency
from spotprice.simulated.plan import Behaviour, Failure, Plan
from spotprice.simulated.running import simulated_exchanges

PASSING = ("refuse", "reset", "black-hole", "slow-body", "server")
"""Failures that come and go. The others (an unknown market, a ban) would stay as they are."""

NO_LIMIT = Rate(requests=1_000_000, seconds=1)


def make_plan(given: Mapping[str, Any]) -> Plan:
    """Return the plan of a specification."""
    venues = {name: _behaviour(one) for name, one in given.get("venues", {}).items()}
    return Plan(given.get("seed", 0), _behaviour(given), venues)


def _behaviour(given: Mapping[str, Any]) -> Behaviour:
    return Behaviour(
        parse_latency(given.get("latency", "0ms")),
        given.get("rate", 0.0),
        tuple(Failure(kind) for kind in given.get("failures", PASSING)),
    )


@contextmanager
def exchanges(**specification: object) -> Iterator[Mapping[str, Exchange]]:
    """Run simulated exchanges in another process; gives them at their addresses."""
    command = [sys.executable, __file__, json.dumps(specification)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None  # noqa: S101 - for the type checker
        assert server.stdout is not None  # noqa: S101
        hosts = json.loads(server.stdout.readline())
        try:
            yield at(hosts)
        finally:
            server.stdin.close()


def at(hosts: Mapping[str, list[str]]) -> Mapping[str, Exchange]:
    """Return the exchanges with other hosts."""
    return {name: replace(EXCHANGES[name], hosts=tuple(hosts[name])) for name in hosts}


def verdict(what: str, measured: float, bar: float, *, at_least: bool = False) -> bool:
    """Print a figure beside its bar and return whether it holds."""
    holds = measured >= bar if at_least else measured <= bar
    sign = ">=" if at_least else "<="
    print(f"{what:64} {measured:9.3f}   {sign} {bar:<7g} {'holds' if holds else 'MISSED'}")
    return holds


if __name__ == "__main__":
    with simulated_exchanges(make_plan(json.loads(sys.argv[1]))) as running:
        shown = {name: list(one.hosts) for name, one in running.exchanges.items()}
        print(json.dumps(shown), flush=True)
        sys.stdin.read()
