"""Walks through a described Redis a few keys at a time."""

import time
from typing import Any

import pytest
import redis
from tests.simulator.network.simulated import of

from loopscope.simulator.hosts.host import Host

CACHE = Host("cache", kind="redis", latency="1ms")


def walked(fill: Any, walk: Any) -> tuple[Any, float]:
    """Return what a walk yields, and how many commands it took."""

    def main() -> tuple[Any, float]:

        with redis.Redis("cache", decode_responses=True) as client:
            fill(client)
            before = time.monotonic()
            found = walk(client)
            return found, round((time.monotonic() - before) * 1000)

    result: tuple[Any, float] = of(main, CACHE)[0]
    return result


def many_keys(client: Any) -> None:
    """Put a hundred keys into a Redis."""
    client.mset({f"key:{number}": number for number in range(100)})


def test_a_walk_takes_a_command_for_a_few_keys() -> None:
    """``SCAN`` shows about ``COUNT`` keys at a time, each with its own round trip, and all once."""
    found, commands = walked(many_keys, lambda client: list(client.scan_iter()))
    assert sorted(found) == sorted(f"key:{number}" for number in range(100))
    assert commands == 10
    found, commands = walked(many_keys, lambda client: list(client.scan_iter("key:1*", count=50)))
    assert sorted(found) == sorted(
        f"key:{number}" for number in range(100) if f"{number}"[0] == "1"
    )
    assert commands == 2


def test_a_walk_meets_what_stays_whatever_comes_and_goes() -> None:
    """Keys that are there from begin to end are met although others are added and deleted."""

    def walk(client: Any) -> list[str]:
        found = []
        for number, key in enumerate(client.scan_iter(count=5)):
            found.append(key)
            client.delete(f"key:{2 * number + 1}")
            client.set(f"new:{number}", "x")
            if number > 1000:
                break
        return found

    found, _ = walked(many_keys, walk)
    assert {f"key:{number}" for number in range(0, 100, 2)} <= set(found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(("size", "commands"), [(100, 1), (300, 30)])
def test_small_collections_are_shown_at_once(size: int, commands: int) -> None:
    """Members of a hash, set or sorted set come a few at a time only where there are many."""
    names = [f"m{number}" for number in range(size)]

    def fill(client: Any) -> None:
        client.hset("hash", mapping=dict.fromkeys(names, "v"))
        client.sadd("set", *names)
        client.zadd("zset", dict.fromkeys(names, 1))

    walks: list[Any] = [
        lambda client: dict(client.hscan_iter("hash")),
        lambda client: list(client.sscan_iter("set")),
        lambda client: [name for name, _ in client.zscan_iter("zset")],
    ]
    for walk in walks:
        found, taken = walked(fill, walk)
        assert (sorted(found), taken) == (sorted(names), commands)


def test_a_walk_through_fields_without_their_values() -> None:
    """``NOVALUES`` shows the names of fields alone."""

    def main() -> list[object]:
        with redis.Redis("cache", decode_responses=True) as client:
            client.hset("hash", mapping={"a": "1", "b": "2"})
            return [client.hscan("hash", no_values=True)]

    assert of(main, CACHE)[0] == [(0, ["a", "b"])]
