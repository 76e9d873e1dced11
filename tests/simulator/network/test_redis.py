"""A described Redis, seen by unmodified clients of redis-py, sync and async."""

import asyncio
import errno
import socket
import threading
from typing import Any

import pytest
import redis
import redis.asyncio
from hypothesis import given
from hypothesis import strategies as st
from redis.backoff import NoBackoff
from redis.retry import Retry
from tests.simulator.network.simulated import of, simulate

from loopscope.simulator.hosts.host import Host
from loopscope.simulator.hosts.redis.protocol import CommandReader, ProtocolError, encode

NEVER = Retry(NoBackoff(), 0)
CACHE = Host("cache", kind="redis", data={"greeting": "hello"})


def sync(call: Any, *, host: Host = CACHE, protocol: int = 2) -> Any:
    """Return what a function of a blocking client returns."""

    def main() -> Any:
        with redis.Redis("cache", decode_responses=True, protocol=protocol) as client:
            return call(client)

    return of(main, host)[0]


@pytest.mark.parametrize("protocol", [2, 3])
def test_strings_and_keys(protocol: int) -> None:
    """Strings, counters, expiry and keys, in both versions of the protocol."""

    def use(client: Any) -> list[object]:
        return [
            client.get("greeting"),
            client.get("nothing"),
            client.set("a", "1", ex=100, nx=True),
            client.set("a", "2", nx=True),
            client.set("a", "2", xx=True, get=True),
            client.incr("n"),
            client.incrby("n", 5),
            client.decr("n"),
            client.incrbyfloat("f", 1.5),
            client.append("a", "3"),
            client.strlen("a"),
            client.mset({"x": "1", "y": "2"}),
            client.mget("x", "y", "z"),
            client.getdel("x"),
            client.exists("x", "y", "y"),
            client.type("y"),
            sorted(client.keys("*")),
            sorted(client.scan_iter(match="[an]*")),
            client.rename("y", "z"),
            client.delete("z", "x"),
            client.dbsize(),
            client.getset("a", "9"),
            client.ttl("n"),
            client.ttl("nowhere"),
            client.ping(),
            client.echo("word"),
            client.info()["redis_version"],
            client.flushdb(),
            client.dbsize(),
        ]

    assert sync(use, protocol=protocol) == [
        "hello",
        None,
        True,
        None,
        "1",
        1,
        6,
        5,
        1.5,
        2,
        2,
        True,
        ["1", "2", None],
        "1",
        2,
        "string",
        ["a", "f", "greeting", "n", "y"],
        ["a", "n"],
        True,
        1,
        4,
        "23",
        -1,
        -2,
        True,
        "word",
        "7.4.0",
        True,
        0,
    ]


@pytest.mark.parametrize("protocol", [2, 3])
def test_collections(protocol: int) -> None:
    """Hashes, lists, sets and sorted sets, in both versions of the protocol."""

    def use(client: Any) -> list[object]:
        return [
            client.hset("h", mapping={"a": "1", "b": "2"}),
            client.hgetall("h"),
            client.hmget("h", "a", "c"),
            client.hincrby("h", "a", 4),
            client.hsetnx("h", "a", "0"),
            client.hdel("h", "a", "x"),
            client.hexists("h", "a"),
            (client.hkeys("h"), client.hvals("h"), client.hlen("h")),
            client.rpush("l", "b", "c"),
            client.lpush("l", "a"),
            client.lrange("l", 0, -1),
            client.lrange("l", -2, 1),
            client.lindex("l", -1),
            client.lpop("l"),
            client.rpop("l", 5),
            client.lpop("l"),
            client.exists("l"),
            client.rpush("l", "x", "y", "x"),
            client.lrem("l", -1, "x"),
            client.llen("l"),
            client.sadd("s", "a", "b", "a"),
            client.srem("s", "b", "c"),
            set(client.smembers("s")),
            bool(client.sismember("s", "a")),
            client.scard("s"),
            client.zadd("z", {"one": 1, "three": 3, "two": 2}),
            client.zadd("z", {"one": 9}, nx=True),
            client.zadd("z", {"two": 2.5}, ch=True),
            [tuple(pair) for pair in client.zrange("z", 0, -1, withscores=True)],
            client.zrange("z", 0, 0, desc=True),
            client.zrangebyscore("z", "(1", "+inf"),
            client.zscore("z", "two"),
            (client.zrank("z", "three"), client.zrank("z", "four")),
            client.zincrby("z", 1, "one"),
            client.zcount("z", 2, 3),
            client.zremrangebyscore("z", 0, 2),
            client.zcard("z"),
            client.zrem("z", "two"),
        ]

    assert sync(use, protocol=protocol) == [
        2,
        {"a": "1", "b": "2"},
        ["1", None],
        5,
        0,
        1,
        False,
        (["b"], ["2"], 1),
        2,
        3,
        ["a", "b", "c"],
        ["b"],
        "c",
        "a",
        ["c", "b"],
        None,
        0,
        3,
        1,
        2,
        2,
        1,
        {"a"},
        True,
        1,
        3,
        0,
        1,
        [("one", 1.0), ("two", 2.5), ("three", 3.0)],
        ["three"],
        ["two", "three"],
        2.5,
        (2, None),
        2.0,
        3,
        1,
        2,
        1,
    ]


def test_errors_are_those_of_redis() -> None:
    """Wrong types, wrong numbers and wrong counts raise what redis-py makes of Redis's words."""

    def use(client: Any) -> list[str]:
        said = []
        calls: list[Any] = [
            lambda: client.lpush("greeting", "x"),
            lambda: client.incr("greeting"),
            lambda: client.execute_command("GET"),
            lambda: client.execute_command("SET", "a", "b", "EX"),
            lambda: client.set("a", "b", ex=-1),
            lambda: client.execute_command("SELECT", "99"),
            lambda: client.execute_command("EXEC"),
            lambda: client.hset("greeting", "a", "b"),
            lambda: client.rename("nowhere", "x"),
            lambda: client.zadd("z", {"a": "word"}),
        ]
        for call in calls:
            try:
                call()
            except redis.ResponseError as error:
                said.append(str(error))
        return said

    assert sync(use) == [
        "WRONGTYPE Operation against a key holding the wrong kind of value",
        "value is not an integer or out of range",
        "wrong number of arguments for 'get' command",
        "syntax error",
        "invalid expire time in 'set' command",
        "DB index is out of range",
        "EXEC without MULTI",
        "WRONGTYPE Operation against a key holding the wrong kind of value",
        "no such key",
        "value is not a valid float",
    ]


def test_a_command_that_is_not_known_is_reported() -> None:
    """The program gets Redis's error, and the command is kept for the report."""

    def main() -> str:
        with redis.Redis("cache") as client:
            try:
                client.execute_command("NOSUCH", "a", "b")
            except redis.ResponseError as error:
                return str(error)
        return "done"

    outcome = simulate(main, CACHE)
    assert outcome.result.startswith("unknown command 'NOSUCH', with args beginning with: 'a' 'b'")
    assert "sends the command 'NOSUCH' to the simulated Redis cache" in str(outcome.problems[0])


def test_keys_expire_in_virtual_time() -> None:
    """A key is there until its time is over, whether anybody looks or not."""

    async def main() -> list[object]:
        client = redis.asyncio.Redis(host="cache", decode_responses=True)
        await client.set("a", "1", px=1500)
        await client.expire("greeting", 1)
        seen: list[object] = [await client.pttl("a")]
        await asyncio.sleep(1.25)
        seen += [await client.get("a"), await client.get("greeting"), await client.ttl("a")]
        await client.persist("a")
        await asyncio.sleep(10)
        seen.append(await client.get("a"))
        await client.aclose()
        return seen

    assert of(main, CACHE)[0] == [1500, "1", None, 0, "1"]


def test_every_command_takes_the_latency() -> None:
    """On a connection that stands, a command and a whole pipeline take one round trip each."""

    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        client = redis.asyncio.Redis(host="cache")
        await client.ping()
        times = []
        before = loop.time()
        await client.get("greeting")
        times.append(loop.time() - before)
        async with client.pipeline(transaction=False) as pipeline:
            for number in range(10):
                pipeline.execute_command("SET", f"k{number}", number)
            before = loop.time()
            await pipeline.execute()
            times.append(loop.time() - before)
        await client.aclose()
        return [round(one, 9) for one in times]

    host = Host("cache", kind="redis", latency="10ms")
    assert of(main, host)[0] == [0.01, 0.01]


def test_answers_come_in_order_whatever_each_takes() -> None:
    """Commands sent ahead are answered in their order, when the slowest before them is done."""

    async def main() -> tuple[list[int], float]:
        client = redis.asyncio.Redis(host="cache")
        async with client.pipeline(transaction=False) as pipeline:
            for _ in range(50):
                pipeline.execute_command("INCR", "n")
            counts = await pipeline.execute()
        await client.aclose()
        return counts, asyncio.get_running_loop().time()

    host = Host("cache", kind="redis", latency={"uniform": ["1ms", "1s"]})
    counts, seconds = of(main, host)[0]
    assert counts == list(range(1, 51))
    assert seconds > 0.8


def test_transactions_and_watched_keys() -> None:
    """A transaction on a key that changed meanwhile is not done, and is tried again."""

    async def add(client: Any, started: asyncio.Event | None) -> int:
        attempts = 0
        async with client.pipeline(transaction=True) as pipeline:
            while True:
                attempts += 1
                await pipeline.watch("n")
                value = int(await pipeline.get("n") or 0)
                if started is not None and attempts == 1:
                    await started.wait()
                pipeline.multi()
                pipeline.set("n", value + 1)
                try:
                    await pipeline.execute()
                except redis.WatchError:
                    continue
                return attempts

    async def main() -> list[Any]:
        client = redis.asyncio.Redis(host="cache")
        started = asyncio.Event()
        slow = asyncio.create_task(add(client, started))
        await asyncio.sleep(1)
        fast = await add(client, None)
        started.set()
        result = [await slow, fast, await client.get("n")]
        await client.aclose()
        return result

    assert of(main, Host("cache", kind="redis", latency="1ms"))[0] == [2, 1, b"2"]


def test_a_transaction_is_spoilt_by_an_error_and_can_be_discarded() -> None:
    """A wrong command in a transaction spoils it; a discarded one does nothing."""

    def main() -> list[bytes]:
        sent = [b"MULTI", b"GET", b"EXEC", b"MULTI", b"SET a 1", b"DISCARD", b"GET a", b"MULTI"]
        sent += [b"SET a 2", b"GET a", b"EXEC", b"MULTI", b"MULTI", b"WATCH a", b"QUIT"]
        with socket.create_connection(("cache", 6379)) as connection:
            connection.sendall(b"".join(line + b"\r\n" for line in sent))
            answer = b"".join(iter(lambda: connection.recv(1000), b""))
        return answer.splitlines()

    assert of(main, CACHE)[0] == [
        b"+OK",
        b"-ERR wrong number of arguments for 'get' command",
        b"-EXECABORT Transaction discarded because of previous errors.",
        b"+OK",
        b"+QUEUED",
        b"+OK",
        b"$-1",
        b"+OK",
        b"+QUEUED",
        b"+QUEUED",
        b"*2",
        b"+OK",
        b"$1",
        b"2",
        b"+OK",
        b"-ERR MULTI calls can not be nested",
        b"-ERR WATCH inside MULTI is not allowed",
        b"+OK",
    ]


@pytest.mark.parametrize("protocol", [2, 3])
def test_channels(protocol: int) -> None:
    """Subscribers of a channel, or of a pattern, get what is published, and no more."""

    async def main() -> list[object]:
        client = redis.asyncio.Redis(host="cache", protocol=protocol, decode_responses=True)
        listener = client.pubsub(ignore_subscribe_messages=True)
        await listener.subscribe("news")
        await listener.psubscribe("w*")
        await asyncio.sleep(0)
        channels = ("news", "weather", "other")
        seen: list[object] = [await client.publish(name, f"about {name}") for name in channels]
        while len(seen) < 5:
            message = await listener.get_message(timeout=1)
            if message is not None:
                seen.append((message["type"], message["channel"], message["data"]))
        await listener.unsubscribe("news")
        await listener.get_message(timeout=1)
        seen.append(await client.publish("news", "nobody hears"))
        await listener.aclose()  # type: ignore[no-untyped-call]
        await client.aclose()
        return seen

    assert of(main, CACHE)[0] == [
        1,
        1,
        0,
        ("message", "news", "about news"),
        ("pmessage", "weather", "about weather"),
        0,
    ]


def test_waiting_for_a_list() -> None:
    """``BLPOP`` waits for the first who pushes, in the order of arrival, or until its limit."""

    async def main() -> list[object]:
        loop = asyncio.get_running_loop()
        client = redis.asyncio.Redis(host="cache", decode_responses=True)

        async def wait(limit: int) -> tuple[object, float]:
            return await client.blpop(["jobs", "more"], timeout=limit), loop.time()

        waiting = [asyncio.create_task(wait(limit)) for limit in (0, 10, 3)]
        await asyncio.sleep(2)
        await client.rpush("more", "first")
        await asyncio.sleep(2)
        await client.rpush("jobs", "second", "third")
        results = await asyncio.gather(*waiting)
        left = await client.brpop("jobs")
        await client.aclose()
        return [*results, left]

    first, second, third, left = of(main, CACHE)[0]
    assert first == (("more", "first"), 2.0)
    assert second == (("jobs", "second"), 4.0)
    assert third == (None, 3.0)
    assert left == ("jobs", "third")


def test_a_blocking_client_waits_in_its_thread() -> None:
    """A worker thread that waits for a job is woken by another client."""

    def main() -> list[object]:
        got: list[object] = []

        def work() -> None:
            with redis.Redis("cache", decode_responses=True) as worker:
                got.append(worker.blpop("jobs"))

        thread = threading.Thread(target=work)
        thread.start()
        with redis.Redis("cache") as client:
            client.rpush("jobs", "job")
        thread.join()
        return got

    assert of(main, CACHE)[0] == [("jobs", "job")]


def test_databases_are_apart() -> None:
    """Each number of a database has its own keys."""

    def main() -> list[object]:
        with redis.Redis("cache", db=1) as one, redis.Redis("cache", db=0) as zero:
            one.set("a", "1")
            return [zero.get("a"), one.get("a"), zero.flushall(), one.get("a")]

    assert of(main, CACHE)[0] == [None, b"1", True, None]


def test_failures_of_a_redis() -> None:
    """A reset is seen as a broken connection; a black hole as a timeout."""

    def main() -> str:
        try:
            with redis.Redis("cache", socket_timeout=2, retry=NEVER) as client:
                client.get("a")
        except redis.RedisError as error:
            return type(error).__name__
        return "answered"

    reset = Host("cache", kind="redis", failures={"reset": 1.0})
    assert of(main, reset) == ("ConnectionError", 0.0)
    lost = Host("cache", kind="redis", failures={"black-hole": 1.0})
    assert of(main, lost) == ("TimeoutError", 2.0)


def commands_in(pieces: list[bytes]) -> tuple[list[list[bytes]], str | None]:
    """Return the commands in a stream, and the error that ended it, if any."""
    reader, commands = CommandReader(), []
    for piece in pieces:
        reader.feed(piece)
        try:
            while (command := reader.take()) is not None:
                commands.append(command)
        except ProtocolError as error:
            return commands, str(error)
    return commands, None


WORDS = st.lists(st.binary(max_size=20), min_size=1, max_size=5)


@given(st.lists(WORDS, max_size=5), st.integers(min_value=1, max_value=40))
def test_commands_come_out_whatever_the_pieces_are(sent: list[list[bytes]], size: int) -> None:
    """What a client encodes is read back, in pieces of any size."""
    stream = b"".join(encode(words, 2) for words in sent)
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert commands_in(pieces) == (sent, None)


@given(st.binary(max_size=100), st.integers(min_value=1, max_value=10))
def test_hostile_bytes_are_commands_or_refused(stream: bytes, size: int) -> None:
    """Whatever arrives, commands come out or an error, and both do not depend on the pieces."""
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert commands_in(pieces) == commands_in([stream])


def test_what_is_no_command_closes_the_connection() -> None:
    """A protocol error is said in Redis's words, and the stream ends."""

    def main() -> bytes:
        with socket.create_connection(("cache", 6379)) as connection:
            connection.sendall(b"*1\r\n+PING\r\n")
            return b"".join(iter(lambda: connection.recv(1000), b""))

    assert of(main, CACHE)[0] == b"-ERR Protocol error: expected '$'\r\n"


def test_a_store_on_the_own_machine_can_be_described() -> None:
    """``localhost`` with a port is a host where no server of the program listens; others refuse."""
    beside = Host("localhost", port=6379, kind="redis", latency="1ms")
    everything = Host("*", latency="1s")

    def main() -> tuple[object, int, int]:
        with redis.Redis("127.0.0.1", decode_responses=True) as client:
            found = client.set("a", "1"), client.get("a")
        with socket.create_server(("127.0.0.1", 6380)), socket.socket() as other:
            own = other.connect_ex(("127.0.0.1", 6380))
        with socket.socket() as nobody:
            return found, own, nobody.connect_ex(("localhost", 6381))

    assert of(main, beside, everything)[0] == ((True, "1"), 0, errno.ECONNREFUSED)
