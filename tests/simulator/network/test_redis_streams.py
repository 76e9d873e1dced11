"""Commands of a described Redis on streams and groups: each answers what a real Redis answers.

Every answer here is what a real Redis 7.0 said to the same commands in the same order.
"""

import asyncio
from typing import Any

import pytest
import redis
import redis.asyncio
from tests.simulator.network.redis_exchanges import Exchange, answers
from tests.simulator.network.simulated import of

from loopscope.simulator.hosts.host import Host

STREAMS: list[Exchange] = [
    ("XADD s 1-1 a 1", "1-1"),
    (
        "XADD s 1-1 a 1",
        "! The ID specified in XADD is equal or smaller than the target stream top item",
    ),
    ("XADD s 0-0 a 1", "! The ID specified in XADD must be greater than 0-0"),
    ("XADD s 2 b 2 c 3", "2-0"),
    ("XADD s 2-* d 4", "2-1"),
    ("XADD s 5-* e 5", "5-0"),
    ("XADD s word f 1", "! Invalid stream ID specified as stream command argument"),
    ("XADD s 6-1 f", "! wrong number of arguments for 'xadd' command"),
    ("XADD s 6-1", "! wrong number of arguments for 'xadd' command"),
    ("XADD nowhere NOMKSTREAM 1-1 a 1", None),
    ("EXISTS nowhere", 0),
    ("XLEN s", 4),
    ("XLEN nowhere", 0),
    ("TYPE s", "stream"),
    (
        "XRANGE s - +",
        [
            ["1-1", ["a", "1"]],
            ["2-0", ["b", "2", "c", "3"]],
            ["2-1", ["d", "4"]],
            ["5-0", ["e", "5"]],
        ],
    ),
    ("XRANGE s 2 2", [["2-0", ["b", "2", "c", "3"]], ["2-1", ["d", "4"]]]),
    ("XRANGE s (1-1 (5-0", [["2-0", ["b", "2", "c", "3"]], ["2-1", ["d", "4"]]]),
    ("XRANGE s 2-1 + COUNT 1", [["2-1", ["d", "4"]]]),
    ("XRANGE s - + COUNT 0", None),
    ("XRANGE s a b", "! Invalid stream ID specified as stream command argument"),
    ("XRANGE s - + WORD", "! syntax error"),
    ("XRANGE nowhere - +", []),
    ("XREVRANGE s + - COUNT 2", [["5-0", ["e", "5"]], ["2-1", ["d", "4"]]]),
    (
        "XREVRANGE s (5-0 1-1",
        [["2-1", ["d", "4"]], ["2-0", ["b", "2", "c", "3"]], ["1-1", ["a", "1"]]],
    ),
    ("XREAD STREAMS s 2-0", [["s", [["2-1", ["d", "4"]], ["5-0", ["e", "5"]]]]]),
    ("XREAD COUNT 1 STREAMS s nowhere 0 0", [["s", [["1-1", ["a", "1"]]]]]),
    ("XREAD STREAMS s $", None),
    ("XREAD BLOCK -1 STREAMS s $", "! timeout is negative"),
    ("XREAD STREAMS s", "! wrong number of arguments for 'xread' command"),
    (
        "XREAD STREAMS s a b",
        "! Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.",
    ),
    ("XREAD COUNT 1 WORD s 0", "! syntax error"),
    ("XREAD BLOCK 1 STREAMS s 5-0", None),
    ("XDEL s 1-1 9-9", 1),
    ("XDEL nowhere 1", 0),
    ("XDEL nowhere word", 0),
    ("XTRIM s MAXLEN 2", 1),
    ("XTRIM s MINID 5", 1),
    ("XTRIM s MAXLEN = 5", 0),
    ("XTRIM s MAXLEN ~ 0", 1),
    ("XTRIM s WORD 1", "! syntax error"),
    ("XTRIM s MAXLEN -1", "! The MAXLEN argument must be >= 0."),
    ("XADD s MAXLEN 1 6-0 g 6", "6-0"),
    ("XADD s MAXLEN ~ 1 LIMIT 10 6-1 g 6", "6-1"),
    ("XADD s MINID 6-1 6-2 h 7", "6-2"),
    ("XRANGE s - +", [["6-1", ["g", "6"]], ["6-2", ["h", "7"]]]),
    (
        "XINFO STREAM s",
        [
            "length",
            2,
            "radix-tree-keys",
            1,
            "radix-tree-nodes",
            2,
            "last-generated-id",
            "6-2",
            "max-deleted-entry-id",
            "1-1",
            "entries-added",
            7,
            "recorded-first-entry-id",
            "6-1",
            "groups",
            0,
            "first-entry",
            ["6-1", ["g", "6"]],
            "last-entry",
            ["6-2", ["h", "7"]],
        ],
    ),
    ("XINFO GROUPS s", []),
    ("XINFO STREAM nowhere", "! no such key"),
    ("XINFO WORD s", "! unknown subcommand 'WORD'. Try XINFO HELP."),
    ("XTRIM s MAXLEN 0", 2),
    ("EXISTS s", 1),
    (
        "XADD s 1-1 a 1",
        "! The ID specified in XADD is equal or smaller than the target stream top item",
    ),
    ("COPY s t", 1),
    ("XADD t 9-1 a 1", "9-1"),
    ("XLEN s", 0),
    ("SET w x", "OK"),
    ("XADD w 1-1 a 1", "! WRONGTYPE Operation against a key holding the wrong kind of value"),
    ("XREAD STREAMS w 0", "! WRONGTYPE Operation against a key holding the wrong kind of value"),
]

GROUPS: list[Exchange] = [
    ("XGROUP CREATE s g 0 MKSTREAM", "OK"),
    ("XGROUP CREATE s g 0 MKSTREAM", "! BUSYGROUP Consumer Group name already exists"),
    ("XGROUP CREATE s h $", "OK"),
    ("XGROUP CREATE s i word", "! Invalid stream ID specified as stream command argument"),
    ("XADD s 1-1 a 1", "1-1"),
    ("XADD s 2-1 b 2", "2-1"),
    ("XADD s 3-1 c 3", "3-1"),
    ("XADD s 4-1 d 4", "4-1"),
    (
        "XREADGROUP GROUP g one COUNT 2 STREAMS s >",
        [["s", [["1-1", ["a", "1"]], ["2-1", ["b", "2"]]]]],
    ),
    ("XREADGROUP GROUP g two COUNT 1 STREAMS s >", [["s", [["3-1", ["c", "3"]]]]]),
    ("XREADGROUP GROUP g two NOACK STREAMS s >", [["s", [["4-1", ["d", "4"]]]]]),
    ("XREADGROUP GROUP g two STREAMS s >", None),
    ("XREADGROUP GROUP g one STREAMS s 0", [["s", [["1-1", ["a", "1"]], ["2-1", ["b", "2"]]]]]),
    ("XREADGROUP GROUP g one COUNT 1 STREAMS s 1-1", [["s", [["2-1", ["b", "2"]]]]]),
    ("XREADGROUP GROUP g two STREAMS s 9", [["s", []]]),
    (
        "XREADGROUP GROUP x two STREAMS s >",
        "! NOGROUP No such key 's' or consumer group 'x' in XREADGROUP with GROUP option",
    ),
    (
        "XREADGROUP GROUP g two STREAMS nowhere >",
        "! NOGROUP No such key 'nowhere' or consumer group 'g' in XREADGROUP with GROUP option",
    ),
    ("XREADGROUP COUNT 1 STREAMS s >", "! wrong number of arguments for 'xreadgroup' command"),
    ("XREADGROUP GROUP g one COUNT 1 WORD s >", "! syntax error"),
    ("XPENDING s g", [3, "1-1", "3-1", [["one", "2"], ["two", "1"]]]),
    ("XPENDING s h", [0, None, None, None]),
    ("XPENDING s x", "! NOGROUP No such key 's' or consumer group 'x'"),
    ("XPENDING s g IDLE 1000000 - + 10", []),
    ("XPENDING s g - + 10 nobody", []),
    ("XPENDING s g - +", "! syntax error"),
    ("XACK s g 1-1 1-1 9-9", 1),
    ("XACK s x 1-1", 0),
    ("XACK nowhere g 1-1", 0),
    ("XACK s g word", "! Invalid stream ID specified as stream command argument"),
    ("XACK nowhere g word", 0),
    ("XPENDING s g", [2, "2-1", "3-1", [["one", "1"], ["two", "1"]]]),
    ("XCLAIM s g three 0 2-1", [["2-1", ["b", "2"]]]),
    ("XCLAIM s g three 0 2-1 JUSTID", ["2-1"]),
    ("XCLAIM s g three 1000000 2-1", []),
    ("XCLAIM s g three 0 4-1", []),
    ("XCLAIM s g three 0 4-1 FORCE", [["4-1", ["d", "4"]]]),
    ("XCLAIM s g three 0 4-1 IDLE 5000 RETRYCOUNT 7", [["4-1", ["d", "4"]]]),
    ("XPENDING s g", [3, "2-1", "4-1", [["three", "2"], ["two", "1"]]]),
    ("XCLAIM s x three 0 2-1", "! NOGROUP No such key 's' or consumer group 'x'"),
    ("XDEL s 3-1", 1),
    ("XREADGROUP GROUP g two STREAMS s 0", [["s", [["3-1", None]]]]),
    ("XAUTOCLAIM s g four 0 0 COUNT 1", ["3-1", [["2-1", ["b", "2"]]], []]),
    ("XAUTOCLAIM s g four 0 0", ["0-0", [["2-1", ["b", "2"]], ["4-1", ["d", "4"]]], ["3-1"]]),
    ("XAUTOCLAIM s g four 0 - JUSTID", ["0-0", ["2-1", "4-1"], []]),
    ("XAUTOCLAIM s g four 1000000 0", ["0-0", [], []]),
    ("XAUTOCLAIM s g four 0 0 COUNT 0", "! COUNT must be > 0"),
    ("XAUTOCLAIM s g four 0 0 WORD", "! syntax error"),
    ("XAUTOCLAIM s x four 0 0", "! NOGROUP No such key 's' or consumer group 'x'"),
    ("XINFO CONSUMERS nowhere g", "! no such key"),
    ("XINFO CONSUMERS s x", "! NOGROUP No such consumer group 'x' for key name 's'"),
    ("XGROUP CREATECONSUMER s g five", 1),
    ("XGROUP CREATECONSUMER s g five", 0),
    ("XGROUP DELCONSUMER s g four", 2),
    ("XGROUP DELCONSUMER s g nobody", 0),
    ("XGROUP SETID s g 0", "OK"),
    ("XGROUP SETID s x 0", "! NOGROUP No such consumer group 'x' for key name 's'"),
    ("XREADGROUP GROUP g one COUNT 1 STREAMS s >", [["s", [["1-1", ["a", "1"]]]]]),
    ("XGROUP SETID s g $", "OK"),
    ("XREADGROUP GROUP g one BLOCK 1 STREAMS s >", None),
    ("XGROUP DESTROY s g", 1),
    ("XGROUP DESTROY s g", 0),
    ("XGROUP WORD s g 0", "! unknown subcommand 'WORD'. Try XGROUP HELP."),
]


@pytest.mark.parametrize(
    "exchanges",
    [
        pytest.param(STREAMS, id="streams"),
        pytest.param(GROUPS, id="groups"),
    ],
)
def test_a_family_of_commands(exchanges: list[Exchange]) -> None:
    """Each command of a family, with its options and its errors, answers as a real Redis does."""
    assert answers([command for command, _ in exchanges]) == exchanges


CACHE = Host("cache", kind="redis", latency="1ms")


def test_a_reader_waits_for_a_new_entry() -> None:
    """``XREAD`` with ``BLOCK`` returns when an entry is added, or when its time is over."""

    async def main() -> list[object]:
        loop = asyncio.get_running_loop()
        client = redis.asyncio.Redis(host="cache", decode_responses=True, protocol=2)

        async def read(limit_ms: int) -> tuple[object, float]:
            found = await client.xread({"news": "$"}, block=limit_ms)
            return found, round(loop.time(), 2)

        reading = [asyncio.create_task(read(limit_ms)) for limit_ms in (0, 1000)]
        await asyncio.sleep(2)
        name = await client.xadd("news", {"a": "1"})
        results: list[object] = list(await asyncio.gather(*reading))
        await client.aclose()
        return [name, *results]

    name, first, second = of(main, CACHE)[0]
    assert first == ([["news", [(name, {"a": "1"})]]], 2.0)
    assert second == ([], 1.0)


def test_names_of_entries_come_from_virtual_time() -> None:
    """Entries are named after the clock of the world; those of one millisecond are counted."""

    async def main() -> list[list[int]]:
        client: Any = redis.asyncio.Redis(host="cache", decode_responses=True)
        names = [await client.xadd("s", {"a": "1"})]
        await asyncio.sleep(3)
        async with client.pipeline(transaction=True) as pipeline:
            names += await pipeline.xadd("s", {"a": "1"}).xadd("s", {"a": "1"}).execute()
        await client.aclose()
        return [[int(half) for half in one.split("-")] for one in names]

    (begin, first), (later, second), (latest, third) = of(main, CACHE)[0]
    assert 3000 <= later - begin < 3010
    assert (latest, first, second, third) == (later, 0, 0, 1)


def test_consumers_of_a_group_share_the_work() -> None:
    """Three workers of a group get each entry once; what a dead one left is claimed by another."""

    async def main() -> tuple[list[Any], int, int]:
        client: Any = redis.asyncio.Redis(host="cache", decode_responses=True, protocol=2)
        await client.xgroup_create("jobs", "workers", id="0", mkstream=True)
        done: list[tuple[str, str]] = []

        async def work(name: str) -> None:
            new = {"jobs": ">"}
            while found := await client.xreadgroup("workers", name, new, count=1, block=500):
                entry, fields = found[0][1][0]
                await asyncio.sleep(0.1)
                if name == "dead":
                    return
                done.append((name, fields["n"]))
                await client.xack("jobs", "workers", entry)

        workers = [asyncio.create_task(work(name)) for name in ("one", "two", "dead")]
        for number in range(6):
            await client.xadd("jobs", {"n": number})
        await asyncio.gather(*workers)
        left = await client.xpending("jobs", "workers")
        claimed = await client.xautoclaim("jobs", "workers", "one", 200, "0-0")
        await client.aclose()
        return done, left["pending"], len(claimed[1])

    done, pending, claimed = of(main, CACHE)[0]
    assert len({number for _, number in done}) == len(done) == 5
    assert {name for name, _ in done} == {"one", "two"}
    assert (pending, claimed) == (1, 1)


def test_a_reader_that_waits_hears_that_its_group_is_gone() -> None:
    """A consumer that waits gets an error when its group is destroyed."""

    async def main() -> str:
        client: Any = redis.asyncio.Redis(host="cache")
        await client.xgroup_create("jobs", "workers", mkstream=True)
        reading = asyncio.create_task(client.xreadgroup("workers", "one", {"jobs": ">"}, block=0))
        await asyncio.sleep(1)
        await client.xgroup_destroy("jobs", "workers")
        try:
            await reading
        except redis.ResponseError as error:
            return str(error)
        finally:
            await client.aclose()
        return "read"

    assert of(main, CACHE)[0].startswith("NOGROUP No such key 'jobs' or consumer group 'workers'")


def test_a_stream_cut_about_to_a_length_loses_whole_nodes() -> None:
    """With ``~`` what goes is a hundred entries at a time, as a real Redis keeps them together."""

    def main() -> list[int]:
        with redis.Redis("cache") as client:
            sizes = []
            for number in range(250):
                client.xadd("s", {"n": number}, maxlen=100, approximate=True)
                sizes.append(client.xlen("s"))
            return sizes

    assert of(main, CACHE)[0] == [*range(1, 200), *range(100, 151)]


def test_what_is_told_of_groups_and_their_consumers() -> None:
    """``XINFO`` tells how far a group is, who is in it, and what is left for it."""

    async def main() -> list[Any]:
        client: Any = redis.asyncio.Redis(host="cache", decode_responses=True)
        for number in range(4):
            await client.xadd("jobs", {"n": number}, id=f"{number + 1}-0")
        await client.xgroup_create("jobs", "workers", id="0")
        await client.xreadgroup("workers", "one", {"jobs": ">"}, count=3)
        await client.xack("jobs", "workers", "1-0")
        await asyncio.sleep(5)
        told = await client.xinfo_groups("jobs") + await client.xinfo_consumers("jobs", "workers")
        pending = await client.xpending_range("jobs", "workers", "-", "+", 10, idle=1000)
        await client.aclose()
        return [*told, [one["message_id"] for one in pending]]

    group, consumer, pending = of(main, CACHE)[0]
    assert group == {
        "name": "workers",
        "consumers": 1,
        "pending": 2,
        "last-delivered-id": "3-0",
        "entries-read": 3,
        "lag": 1,
    }
    assert (consumer["name"], consumer["pending"]) == ("one", 2)
    assert 5000 <= consumer["idle"] < 5010
    assert pending == ["2-0", "3-0"]
