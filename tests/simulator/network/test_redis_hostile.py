"""Whatever a program sends to a described Redis, it is answered."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from loopscope.simulator.hosts.redis.commands import BLOCKING, COMMANDS, READING
from loopscope.simulator.hosts.redis.protocol import encode
from loopscope.simulator.hosts.redis.store import CommandError, Store
from loopscope.simulator.world import World

EVERY = COMMANDS | BLOCKING
KEYS = [b"string", b"hash", b"list", b"set", b"zset", b"stream", b"nowhere"]
OPTIONS = (
    b"EX PX NX XX GT LT CH INCR COUNT MATCH LIMIT WITHSCORES BYSCORE BYLEX REV WEIGHTS AGGREGATE"
    b" MAX LEFT RIGHT BEFORE STREAMS GROUP BLOCK MAXLEN ~ MINID CREATE DESTROY SETID MKSTREAM IDLE"
    b" FORCE JUSTID REPLACE"
).split()
VALUES = b"0 1 -1 2 99999999999999999999 1.5 inf -inf nan 1_0 0x1 * $ > - + [a (1 1-1 5-* g".split()
WORD = st.sampled_from(KEYS + OPTIONS + VALUES) | st.binary(max_size=6)
COMMAND = st.tuples(st.sampled_from(sorted(EVERY)), st.lists(WORD, max_size=9))


def filled() -> Store:
    """Return a store with a key of each kind."""
    store = Store(World(0), Random(0))
    for words in (
        b"SET string 1",
        b"HSET hash f 1",
        b"RPUSH list a b 1",
        b"SADD set a b 1",
        b"ZADD zset 1 a 2 b",
        b"XADD stream 1-1 f v",
        b"XGROUP CREATE stream g 0",
    ):
        name, *args = words.split()
        COMMANDS[name.decode()][0](store, args)
    return store


def run(store: Store, name: str, args: list[bytes]) -> bytes:
    """Return what a command answers as it is sent; empty if it is refused."""
    function, least, most = EVERY[name]
    if not least <= len(args) <= most:
        return b""
    try:
        answer = function(store, args)
        return encode(answer.attempt() if name in BLOCKING else answer, 2)
    except CommandError:
        return b""


@given(st.lists(COMMAND, min_size=1, max_size=12))
def test_every_command_is_answered_or_refused(commands: list[tuple[str, list[bytes]]]) -> None:
    """Whatever follows a command's name, it answers or says what is wrong, and raises no more."""
    store = filled()
    for name, args in commands:
        run(store, name, args)
    values = [store.look(key) for key in store.live_keys()]
    assert all(value for value in values if not isinstance(value, bytes))  # none is empty


@given(st.lists(COMMAND, min_size=1, max_size=12))
def test_commands_that_read_change_nothing(commands: list[tuple[str, list[bytes]]]) -> None:
    """No command that is said to change nothing gives any key another version."""
    store = filled()
    keys = store.live_keys()
    before = [store.version(key) for key in keys]
    for name, args in commands:
        if name.encode() in READING:
            run(store, name, args)
    assert store.live_keys() == keys
    assert [store.version(key) for key in keys] == before
