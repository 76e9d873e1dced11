"""Hosts fail as described, and clients report it as they report a real server's failure."""

import asyncio
import socket
import time
from collections import Counter
from typing import Any

import aiohttp
import pytest
import requests
from tests.simulator.network.bad_server import BODY, bad_server
from tests.simulator.network.clients import (
    BLOCKING,
    WAITING,
    Blocking,
    Waiting,
    name_of,
    with_aiohttp,
    with_requests,
)
from tests.simulator.network.simulated import of, simulate

from loopscope.errors import SimulationError
from loopscope.simulator.hosts.directory import HostDirectory
from loopscope.simulator.hosts.host import Host
from loopscope.simulator.world import World

FAILURES = ["refuse", "reset", "black-hole", "truncated-body", "503"]
PATIENCE_S = 60.0


def call(client: Blocking | Waiting, url: str, patience_s: float = PATIENCE_S) -> Any:
    """Return the body that a client gets, or the classes of the error that it raises."""
    try:
        if asyncio.iscoroutinefunction(client):
            return asyncio.run(client(url, patience_s))
        return client(url, patience_s)
    except Exception as error:  # noqa: BLE001 - any exception is compared
        return _classes(error)


def _classes(error: BaseException | None) -> list[str]:
    classes = []
    while error is not None:
        classes.append(type(error).__name__)
        error = error.__cause__ or error.__context__
    return classes


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("client", [*BLOCKING, *WAITING], ids=name_of)
def test_a_failure_looks_like_that_of_a_real_server(
    client: Blocking | Waiting, failure: str
) -> None:
    """The exception, and everything that it was raised from, are of the same classes."""
    host = Host("api.example.com", failures={failure: 1.0}, answer=BODY)
    url = "http://api.example.com/"
    patience_s = 0.05 if failure == "black-hole" else PATIENCE_S
    if asyncio.iscoroutinefunction(client):

        async def main() -> Any:
            try:
                return await client(url, patience_s)
            except Exception as error:  # noqa: BLE001
                return _classes(error)

        simulated = simulate(main, host)
    else:
        simulated = simulate(lambda: call(client, url, patience_s), host)
    with bad_server(failure) as address:
        assert simulated.result == call(client, f"http://{address}/", patience_s)
    assert simulated.seconds == (patience_s if failure == "black-hole" else 0.0)


def test_the_name_is_not_found() -> None:
    """A look-up that fails raises what the resolver raises, after its time."""
    host = Host("api.example.com", dns="2s", failures={"dns": 1.0})
    outcome = simulate(lambda: socket.getaddrinfo("api.example.com", 80), host)
    assert isinstance(outcome.result, socket.gaierror)
    assert outcome.result.errno == socket.EAI_AGAIN
    assert outcome.seconds == 2.0
    assert isinstance(
        simulate(lambda: with_requests("http://api.example.com", None), host).result,
        requests.ConnectionError,
    )

    async def main() -> bytes:
        return await with_aiohttp("http://api.example.com", None)

    assert isinstance(simulate(main, host).result, aiohttp.ClientConnectorDNSError)


def test_a_host_that_cannot_be_reached_is_given_up_after_127_s() -> None:
    """Without a limit of its own, connecting fails when Linux has tried seven times."""
    host = Host("api.example.com", failures={"unreachable": 1.0})

    def main() -> None:
        socket.create_connection(("api.example.com", 80))

    outcome = simulate(main, host)
    assert (type(outcome.result), outcome.seconds) == (TimeoutError, 127.0)
    late = simulate(lambda: with_requests("http://api.example.com/", 3.0), host)
    assert isinstance(late.result, requests.ConnectTimeout)
    assert late.seconds == 3.0


def test_a_slow_body_comes_in_pieces() -> None:
    """A limit between pieces is kept where one for the whole is not."""
    host = Host(
        "api.example.com", failures={"slow-body": {"rate": 1.0, "takes": "10s"}}, answer=BODY
    )
    url = "http://api.example.com/"
    assert of(lambda: with_requests(url, 1.5), host) == (BODY, 10.0)

    async def main() -> bytes:
        return await with_aiohttp(url, 1.5)

    outcome = simulate(main, host)
    assert (type(outcome.result), outcome.seconds) == (TimeoutError, 1.5)


def test_failures_come_as_often_as_described() -> None:
    """Over 5,000 requests each kind comes about as often as its rate says."""
    rates: dict[str | int, float] = {"reset": 0.2, 503: 0.3, "black-hole": 0.1}
    hosts = HostDirectory([Host("api.example.com", failures=rates).description])
    hosts.attach(World(seed=1), lambda _: None)
    host = hosts.find("api.example.com", 80)
    assert host is not None
    befell = Counter(
        failure.kind if failure else "ok" for _, failure in (host.begin() for _ in range(5000))
    )
    for kind, rate in (("ok", 0.4), ("status", 0.3), ("reset", 0.2), ("black-hole", 0.1)):
        assert abs(befell[kind] / 5000 - rate) < 0.02, befell


def test_a_seed_repeats_and_another_differs() -> None:
    """The same seed gives the same times and failures, another seed others."""
    host = Host(
        "api.example.com",
        latency={"lognormal": {"median": "100ms", "sigma": 0.5}},
        failures={"refuse": 0.1, "reset": 0.1, "dns": 0.1, "500": 0.2},
    )

    def main() -> list[str]:
        return [str(call(with_requests, "http://api.example.com/")) for _ in range(20)]

    first, again, other = (simulate(main, host, seed=seed) for seed in (1, 1, 2))
    assert (first.result, first.seconds) == (again.result, again.seconds)
    assert (first.result, first.seconds) != (other.result, other.seconds)


def durations(*names: str) -> list[float]:
    """Return how long requests to hosts took, one after the other."""
    hosts = [Host(name, latency={"uniform": ["1ms", "100s"]}) for name in ("a.test", "b.test")]

    def main() -> list[float]:
        taken = []
        for name in names:
            before = time.monotonic()
            with_requests(f"http://{name}/", None)
            taken.append(time.monotonic() - before)
        return taken

    return [round(one, 6) for one in of(main, *hosts)[0]]


def test_hosts_and_requests_draw_independently() -> None:
    """What one host draws does not move what another does."""
    a1, a2 = durations("a.test", "a.test")
    b1, then_a1, b2, then_a2 = durations("b.test", "a.test", "b.test", "a.test")
    assert (a1, a2) == (then_a1, then_a2)
    assert len({a1, a2, b1, b2}) == 4


@pytest.mark.parametrize("client", [*BLOCKING, *WAITING], ids=name_of)
def test_a_host_that_nobody_described_says_what_to_add(client: Blocking | Waiting) -> None:
    """The error names the host and the lines of TOML to add, and is kept if it is swallowed."""

    def blocking() -> object:
        try:
            return client("https://other.example.com/", None)
        except SimulationError:
            return "swallowed"

    async def waiting() -> object:
        try:
            return await client("https://other.example.com/", None)  # type: ignore[misc]
        except SimulationError:
            return "swallowed"

    outcome = simulate(waiting if asyncio.iscoroutinefunction(client) else blocking)
    assert outcome.result == "swallowed"
    assert '[[host]]\nname = "other.example.com"\nlatency = "100ms"\n' in str(outcome.problems[0])
    assert outcome.real_calls == []


def test_a_port_that_nobody_described_is_named() -> None:
    """A host that is described at one port only is missing at another."""
    host = Host("api.example.com", port=443)
    outcome = simulate(lambda: with_requests("http://api.example.com:8080/", None), host)
    assert 'name = "api.example.com"\nport = 8080\n' in str(outcome.problems[0])
    outcome = simulate(lambda: socket.create_connection(("192.0.2.7", 9000)), host)
    assert 'name = "192.0.2.7"\nport = 9000\n' in str(outcome.problems[0])
