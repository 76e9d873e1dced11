"""Lua scripts sent to a described Redis: the common ones are done, others by the host's handler."""

import asyncio
import threading
import time
from typing import Any

import pytest
import redis
import redis.asyncio
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio.lock import Lock as AsyncLock
from redis.exceptions import LockError
from redis.lock import Lock
from tests.simulator.network.simulated import of, simulate

from loopscope.simulator.hosts.host import Host
from loopscope.simulator.hosts.redis.scripts import ScriptCall, known_script

CACHE = Host("cache", kind="redis", latency="1ms")
DELETE_IF = (
    "if redis.call('get',KEYS[1]) == ARGV[1] then return redis.call('del',KEYS[1]) "
    "else return 0 end"
)


def test_three_tasks_take_turns_with_a_lock_of_redis() -> None:
    """Tasks that contend for a ``Lock`` of redis-py hold it one after the other."""

    async def main() -> list[tuple[str, float]]:
        loop, held = asyncio.get_running_loop(), []
        client = redis.asyncio.Redis(host="cache")

        async def work(name: str) -> None:
            async with client.lock("job", timeout=5, sleep=0.1):
                held.append((name, round(loop.time(), 3)))
                await asyncio.sleep(0.25)
                held.append((f"{name} done", round(loop.time(), 3)))

        await asyncio.gather(*(work(name) for name in "abc"))
        assert await client.exists("job") == 0
        await client.aclose()
        return held

    held = of(main, CACHE)[0]
    assert sorted(held, key=lambda one: one[1]) == held
    assert [name for name, _ in held[1::2]] == [f"{name} done" for name, _ in held[::2]]
    assert {name for name, _ in held[::2]} == set("abc")


@pytest.mark.parametrize("protocol", [2, 3])
def test_a_lock_is_extended_and_lost(protocol: int) -> None:
    """A lock gets more time, its whole time anew, and is told when it is no longer its owner's."""

    async def main() -> list[object]:
        client = redis.asyncio.Redis(host="cache", protocol=protocol)
        lock = client.lock("job", timeout=5)
        seen: list[object] = [await lock.acquire(), await client.ttl("job")]
        seen += [await lock.extend(10), await client.ttl("job")]
        seen += [await lock.reacquire(), await client.ttl("job")]
        seen += [await lock.extend(7, replace_ttl=True), await client.ttl("job")]
        seen.append(await client.lock("job").acquire(blocking=False))
        await asyncio.sleep(8)
        seen.append(await client.lock("job", timeout=5).acquire(blocking=False))
        for call in (lambda: lock.extend(1), lock.release):
            try:
                await call()
            except LockError as error:
                seen.append(type(error).__name__)
        await client.aclose()
        return seen

    lost = ["LockNotOwnedError"] * 2
    assert of(main, CACHE)[0] == [True, 5, True, 15, True, 5, True, 7, False, True, *lost]


def test_threads_take_turns_with_a_lock_of_redis() -> None:
    """The lock of the blocking client keeps threads apart, each waiting in virtual time."""

    def main() -> list[str]:
        said: list[str] = []

        def work(name: str) -> None:
            with redis.Redis("cache") as client, client.lock("job", timeout=60, sleep=0.1):
                said.append(f"{name} begins")
                time.sleep(1)
                said.append(f"{name} ends")

        threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return said

    said, seconds = of(main, CACHE)
    assert [one.split()[1] for one in said] == ["begins", "ends", "begins", "ends"]
    assert 2 < seconds < 2.2


def run(script: str, *args: object, host: Host = CACHE, keys: int = 1) -> tuple[object, Any]:
    """Return what a script answers where ``key`` is ``mine``, and what is there afterwards."""

    def main() -> tuple[object, Any]:
        with redis.Redis("cache", decode_responses=True) as client:
            client.set("key", "mine", ex=100)
            try:
                answer: object = client.eval(script, keys, *args)
            except redis.ResponseError as error:
                answer = f"! {error}"
            return answer, (client.get("key"), client.ttl("key"))

    result: tuple[object, Any] = of(main, host)[0]
    return result


EXPIRE_IF = """
if redis.call("GET", KEYS[1]) == ARGV[1] then -- mine
    return redis.call("PEXPIRE", KEYS[1], ARGV[2]);
else
    return 0;
end
"""
COUNT = """
local current = redis.call('INCR', KEYS[1])
if tonumber(current) == 1 then
    redis.call('EXPIRE', KEYS[1], ARGV[1])
end
return current
"""
NO_NUMBER = "! value is not an integer or out of range"
NO_WORD = "! Lua redis lib command arguments must be strings or integers"


@pytest.mark.parametrize(
    ("script", "args", "expected"),
    [
        (DELETE_IF, ["key", "mine"], (1, (None, -2))),
        (DELETE_IF, ["key", "other"], (0, ("mine", 100))),
        (DELETE_IF, ["nothing", ""], (0, ("mine", 100))),
        (DELETE_IF, ["key"], (NO_WORD, ("mine", 100))),
        (EXPIRE_IF, ["key", "mine", 20_000], (1, ("mine", 20))),
        (EXPIRE_IF, ["key", "other", 20_000], (0, ("mine", 100))),
        (COUNT, ["hits", 10], (1, ("mine", 100))),
        (COUNT.replace("tonumber(current)", "current"), ["hits", 10], (1, ("mine", 100))),
        (COUNT, ["key", 10], (NO_NUMBER, ("mine", 100))),
    ],
)
def test_what_common_scripts_do(script: str, args: list[object], expected: object) -> None:
    """Scripts that everybody writes alike are done, whatever their layout, quotes and names."""
    assert run(script, *args) == expected


def test_scripts_are_loaded_and_named() -> None:
    """A script is run by the SHA1 of its text as long as it is loaded."""

    def main() -> list[object]:
        with redis.Redis("cache", decode_responses=True) as client:
            name = client.script_load(DELETE_IF)
            seen: list[object] = [
                client.evalsha(name, 1, "key", "mine"),
                client.script_exists(name),
            ]
            client.script_flush()
            seen.append(client.script_exists(name))
            for command in (
                f"EVALSHA {name} 0",
                "SCRIPT WORD",
                "EVAL x word",
                "EVAL x -1",
                "EVAL x 1",
            ):
                try:
                    seen.append(client.execute_command(*command.split()))
                except redis.RedisError as error:
                    seen.append(str(error))
            client.script_load("return 'what is never run'")
            return [name, *seen]

    assert of(main, CACHE)[0] == [
        "ae3671744a5dbb24ea37ef607b8b10ac7856d43e",
        0,
        [True],
        [False],
        "No matching script. Please use EVAL.",
        "unknown subcommand 'WORD'. Try SCRIPT HELP.",
        "value is not an integer or out of range",
        "Number of keys can't be negative",
        "Number of keys can't be greater than number of args",
    ]


def test_a_script_that_is_not_known_is_reported() -> None:
    """The program gets an error, and the report says which script, and what to do."""

    def main() -> str:
        with redis.Redis("cache") as client:
            try:
                client.eval("return  redis.call('SET', KEYS[1], 1)", 1, "key")
            except redis.ResponseError as error:
                return str(error)
        return "done"

    outcome = simulate(main, CACHE)
    assert outcome.result == "the simulated Redis cache does not know this script"
    assert [one.slug for one in outcome.problems] == ["redis-script"]
    said = str(outcome.problems[0])
    assert "\"return redis.call('SET', KEYS[1], 1)\"...; it got an error." in said
    assert 'handler = "module:function"' in said


def test_a_handler_does_other_scripts() -> None:
    """A function of the user's stands for a script: it runs commands, and its answer is sent."""

    def handler(asked: ScriptCall) -> object:
        name, key = asked.script, asked.keys[0]
        if name == "bucket":
            asked.call("zadd", key, 1.5, "x")
            return [asked.call("zrange", key, 0, -1, "withscores"), asked.call("hgetall", "none")]
        if name == "status":
            return asked.call("set", key, asked.args[0])
        return {"number": 2.9, "true": True, "false": False, "text": "word"}[name]

    host = Host("cache", kind="redis", handler=handler)
    assert run("bucket", "set", host=host)[0] == [["x", "1.5"], []]
    assert run("status", "key", "now", host=host) == ("OK", ("now", -1))
    answers = [run(name, "key", host=host)[0] for name in ("number", "true", "false", "text")]
    assert answers == [2, 1, None, "word"]


@pytest.mark.parametrize(
    ("handler", "problem"),
    [
        (lambda _: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda _: object(), "TypeError: a script cannot answer object"),
        (lambda _: time.sleep(1), "RuntimeError: a handler must not wait"),
    ],
)
def test_a_handler_that_fails_is_reported(handler: Any, problem: str) -> None:
    """The program gets an error in one line, and the report names what the handler raised."""

    def main() -> str:
        with redis.Redis("cache") as client:
            try:
                client.eval("return 1", 0)
            except redis.ResponseError as error:
                return str(error)
        return "done"

    outcome = simulate(main, Host("cache", kind="redis", handler=handler))
    assert outcome.result.startswith("The handler ")
    assert [one.slug for one in outcome.problems] == ["handler-failed"]
    assert problem in str(outcome.problems[0])


def test_the_error_of_a_command_is_the_script_s_answer() -> None:
    """A command that fails ends a handler as it ends a script, through no fault of the handler."""

    def commands(asked: ScriptCall) -> object:
        return asked.call(*asked.script.split())

    host = Host("cache", kind="redis", handler=commands)
    assert run("lpush key x", "key", host=host)[0] == (
        "! WRONGTYPE Operation against a key holding the wrong kind of value"
    )
    assert run("subscribe x", "key", host=host)[0] == (
        "! This Redis command is not allowed from script"
    )
    assert run("blpop nowhere 0", "key", host=host)[0] is None
    assert run("publish x y", "key", host=host)[0] == 0


SCRIPTS = [
    getattr(one, f"LUA_{name}_SCRIPT")
    for one in (Lock, AsyncLock)
    for name in ("RELEASE", "EXTEND", "REACQUIRE")
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_scripts_of_the_lock_are_known(script: str) -> None:
    """Each script that redis-py's locks send is known, and with one word changed it is not."""
    assert known_script(script) is not None
    assert known_script(script.replace("KEYS[1]", "KEYS[2]", 1)) is None
    assert known_script(script.replace("return 0", "return 2", 1)) is None


@given(st.text(max_size=200) | st.text(alphabet="local x=()'\"-;[]1\n", max_size=200))
def test_hostile_text_is_no_known_script(text: str) -> None:
    """Whatever a program sends as a script, looking for it fails on nothing and finds nothing."""
    assert known_script(text) is None
