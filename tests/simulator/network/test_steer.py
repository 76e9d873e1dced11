"""Somebody may hear of every request that arrives at a host, and change what comes of it."""

import asyncio
from typing import Any

import aiohttp
import pytest

from loopscope.simulator.costs import parse_costs
from loopscope.simulator.hosts.description import Failure
from loopscope.simulator.hosts.host import Host
from loopscope.simulator.hosts.steer import Asked
from loopscope.simulator.run import Settings, Simulation

_MS = 1_000_000


class _Steer:
    def __init__(self, slow: str = "", failing: str = "") -> None:
        self.asked: list[tuple[str, Asked, int]] = []
        self._slow, self._failing = slow, failing

    def arrived(
        self, host: str, asked: Asked, delay_ns: int, failure: Failure | None
    ) -> tuple[int, Failure | None]:
        self.asked.append((host, asked, delay_ns))
        if self._failing and self._failing in asked.text:
            return delay_ns, Failure("reset", 1.0)
        return delay_ns + (500 * _MS if self._slow and self._slow in asked.text else 0), failure


def _run(main: Any, steer: _Steer, *hosts: Host) -> tuple[Any, int]:
    settings = Settings(
        costs=parse_costs(["none"]), hosts=tuple(one.description for one in hosts), steer=steer
    )
    simulation = Simulation(settings)
    simulation.start()
    try:
        result = simulation.run(main)
    finally:
        simulation.stop()
    return result, simulation.world.now_ns


async def _ask() -> list[int]:
    async with aiohttp.ClientSession() as session:
        async with session.get("http://a.example.com/x?y=1") as answer:
            first = answer.status
        async with session.post("http://a.example.com/z", data=b"body") as answer:
            return [first, answer.status]


def test_requests_are_heard_with_what_they_ask() -> None:
    """Method, target, body, whether it is a question, and how long it would take."""
    steer = _Steer()
    result, took_ns = _run(_ask, steer, Host("a.example.com", latency="100ms"))
    assert (result, took_ns) == ([200, 200], 200 * _MS)
    assert steer.asked == [
        ("a.example.com", Asked("GET /x?y=1", b"", is_read=True), 100 * _MS),
        ("a.example.com", Asked("POST /z", b"body", is_read=False), 100 * _MS),
    ]


def test_one_request_can_be_made_slow_or_fail() -> None:
    """All others go as they would."""
    host = Host("a.example.com", latency="100ms")
    _, took_ns = _run(_ask, _Steer(slow="/z"), host)
    assert took_ns == 700 * _MS
    with pytest.raises(aiohttp.ClientError):
        _run(_ask, _Steer(failing="POST"), host)


async def _talk() -> bytes:
    reader, writer = await asyncio.open_connection("cache.example.com", 6379)
    writer.write(b"*2\r\n$3\r\nGET\r\n$1\r\na\r\n")
    await reader.readline()
    writer.write(b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n")
    answer = await reader.readline()
    writer.close()
    return answer


@pytest.mark.parametrize(
    ("kind", "heard"),
    [
        ("redis", [("GET a", True), ("SET a 1", False)]),
        ("tcp", [("", False), ("", False)]),
    ],
)
def test_commands_and_bytes_are_heard(kind: str, heard: list[tuple[str, bool]]) -> None:
    """A Redis knows which of its commands are questions; of bytes nobody does."""
    steer = _Steer()
    _run(_talk, steer, Host("cache.example.com", kind=kind, latency="1ms"))
    assert [(asked.text, asked.is_read) for _, asked, _ in steer.asked] == heard
