"""Commands on sets, and choosing members by chance."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from loopscope.simulator.hosts.redis.protocol import Pairs
from loopscope.simulator.hosts.redis.scanning import read_scan, scan_members
from loopscope.simulator.hosts.redis.store import CommandError, Store
from loopscope.simulator.hosts.redis.words import (
    MANY,
    NO_KEYS,
    SYNTAX,
    Arguments,
    Commands,
    Options,
    Run,
    counted,
    integer,
)

Members = set[bytes]


def choose(store: Store, members: list[bytes], count: int) -> list[bytes]:
    """Return members by chance: different ones, or, if ``count`` is negative, any."""
    if count < 0:
        return [store.random.choice(members) for _ in range(-count)] if members else []
    return store.random.sample(members, min(count, len(members)))


def choose_pairs(
    store: Store, args: Arguments, found: Mapping[bytes, Any], both: bytes
) -> bytes | list[bytes] | Pairs | None:
    """Return keys of a mapping by chance: one, so many, or so many with their values.

    Args:
        store: Whose chance it is.
        args: The command's: beside the key how many, and the word that asks for values.
        found: What is chosen from.
        both: That word.

    Raises:
        CommandError: There is another word.
    """
    if len(args) == 1:
        return store.random.choice(list(found)) if found else None
    chosen = choose(store, list(found), integer(args[1]))
    if len(args) == 2:  # noqa: PLR2004 - the key and how many
        return chosen
    if args[2].upper() != both:
        raise CommandError(SYNTAX)
    return Pairs([(one, found[one]) for one in chosen])


def _set(store: Store, key: bytes) -> Members:
    return store.get(key, set) or set()


def _sadd(store: Store, args: Arguments) -> Any:
    found = store.need(args[0], set)
    before = len(found)
    found.update(args[1:])
    store.touched(args[0])
    return len(found) - before


def _srem(store: Store, args: Arguments) -> Any:
    found = _set(store, args[0])
    before = len(found)
    found.difference_update(args[1:])
    if len(found) != before:
        store.touched(args[0])
    return before - len(found)


def _smove(store: Store, args: Arguments) -> Any:
    source, target, member = args
    if not _set(store, source):
        return 0
    _set(store, target)  # of another kind: an error, before anything is taken
    if not _srem(store, [source, member]):
        return 0
    _sadd(store, [target, member])
    return 1


def _spop(store: Store, args: Arguments) -> Any:
    found = sorted(_set(store, args[0]))
    if len(args) > 1 and integer(args[1]) < 0:
        raise CommandError("ERR value is out of range, must be positive")
    taken = choose(store, found, integer(args[1]) if len(args) > 1 else 1)
    _srem(store, [args[0], *taken])
    if len(args) > 1:
        return set(taken)
    return taken[0] if taken else None


def _srandmember(store: Store, args: Arguments) -> Any:
    found = sorted(_set(store, args[0]))
    if len(args) > 1:
        return choose(store, found, integer(args[1]))
    return store.random.choice(found) if found else None


def _sscan(store: Store, args: Arguments) -> Any:
    return list(scan_members(sorted(_set(store, args[0])), read_scan(args[1:])))


# ------------------------------------------------------------------------------------ several sets

_Join = Callable[[Members, Members], Members]


def _joined(store: Store, keys: Arguments, join: _Join) -> Members:
    first, *others = [_set(store, key) for key in keys]
    found = set(first)
    for other in others:
        found = join(found, other)
    return found


def _join(join: _Join) -> Run:
    return lambda store, args: _joined(store, args, join)


def _join_store(join: _Join) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        found = _joined(store, args[1:], join)
        store.remove(args[0])
        if found:
            store.put(args[0], found)
        return len(found)

    return run


def _sintercard(store: Store, args: Arguments) -> Any:
    keys, words = counted(args, NO_KEYS, "ERR Number of keys can't be greater than number of args")
    size = len(_joined(store, keys, set.intersection))
    options = Options(words)
    for name in options:
        if name != "LIMIT":
            raise CommandError(SYNTAX)
        limit = options.number()
        size = min(size, limit) if limit else size
    return size


COMMANDS: Final[Commands] = {
    "SADD": (_sadd, 2, MANY),
    "SREM": (_srem, 2, MANY),
    "SMOVE": (_smove, 3, 3),
    "SPOP": (_spop, 1, 2),
    "SRANDMEMBER": (_srandmember, 1, 2),
    "SMEMBERS": (lambda store, args: set(_set(store, args[0])), 1, 1),
    "SISMEMBER": (lambda store, args: int(args[1] in _set(store, args[0])), 2, 2),
    "SMISMEMBER": (
        lambda store, args: [int(one in _set(store, args[0])) for one in args[1:]],
        2,
        MANY,
    ),
    "SCARD": (lambda store, args: len(_set(store, args[0])), 1, 1),
    "SSCAN": (_sscan, 2, MANY),
    "SINTER": (_join(set.intersection), 1, MANY),
    "SUNION": (_join(set.union), 1, MANY),
    "SDIFF": (_join(set.difference), 1, MANY),
    "SINTERSTORE": (_join_store(set.intersection), 2, MANY),
    "SUNIONSTORE": (_join_store(set.union), 2, MANY),
    "SDIFFSTORE": (_join_store(set.difference), 2, MANY),
    "SINTERCARD": (_sintercard, 2, MANY),
}
