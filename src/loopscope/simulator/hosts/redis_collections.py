"""Commands of the simulated Redis on hashes, lists, sets and sorted sets."""

from collections import deque
from typing import Any, Final

from loopscope.simulator.hosts.redis_protocol import OK, Scored
from loopscope.simulator.hosts.redis_store import CommandError, SortedSet, Store
from loopscope.simulator.hosts.redis_strings import MANY, Arguments, Run, integer, real

# ------------------------------------------------------------------------------------------ hashes


def _hset(store: Store, args: Arguments) -> Any:
    pairs = args[1:]
    if len(pairs) % 2 or not pairs:
        raise CommandError("ERR wrong number of arguments for 'hset' command")
    found = store.need(args[0], dict)
    before = len(found)
    found.update(zip(pairs[::2], pairs[1::2], strict=True))
    store.touched(args[0])
    return len(found) - before


def _hmset(store: Store, args: Arguments) -> Any:
    _hset(store, args)
    return OK


def _hsetnx(store: Store, args: Arguments) -> Any:
    if args[1] in (store.get(args[0], dict) or {}):
        return 0
    return _hset(store, args)


def _hash(store: Store, key: bytes) -> dict[bytes, bytes]:
    return store.get(key, dict) or {}


def _hget(store: Store, args: Arguments) -> Any:
    return _hash(store, args[0]).get(args[1])


def _hmget(store: Store, args: Arguments) -> Any:
    found = _hash(store, args[0])
    return [found.get(field) for field in args[1:]]


def _hdel(store: Store, args: Arguments) -> Any:
    found = _hash(store, args[0])
    count = sum(found.pop(field, None) is not None for field in args[1:])
    if count:
        store.touched(args[0])
    return count


def _hincrby(store: Store, args: Arguments) -> Any:
    found = store.need(args[0], dict)
    number = integer(found.get(args[1], b"0")) + integer(args[2])
    found[args[1]] = b"%d" % number
    store.touched(args[0])
    return number


# ------------------------------------------------------------------------------------------- lists


def _list(store: Store, key: bytes) -> deque[bytes]:
    return store.get(key, deque) or deque()


def _push(*, is_left: bool) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        found = store.need(args[0], deque)
        (found.extendleft if is_left else found.extend)(args[1:])
        store.touched(args[0])
        return len(found)

    return run


def pop(store: Store, key: bytes, *, is_left: bool) -> bytes | None:
    """Take the first or the last of a list; None if it is empty."""
    found = store.get(key, deque)
    if not found:
        return None
    value: bytes = found.popleft() if is_left else found.pop()
    store.touched(key)
    return value


def _pop(*, is_left: bool) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        if len(args) == 1:
            return pop(store, args[0], is_left=is_left)
        count = min(integer(args[1]), len(_list(store, args[0])))
        if store.look(args[0]) is None:
            return None
        return [pop(store, args[0], is_left=is_left) for _ in range(count)]

    return run


def _slice(first: int, last: int, size: int) -> slice:
    """Return what Redis means by ``first`` to ``last``, both included, negative from the end."""
    first = max(first + size, 0) if first < 0 else first
    last = last + size if last < 0 else last
    return slice(first, max(last + 1, 0))


def _lrange(store: Store, args: Arguments) -> Any:
    members = list(_list(store, args[0]))
    return members[_slice(integer(args[1]), integer(args[2]), len(members))]


def _lindex(store: Store, args: Arguments) -> Any:
    members, at = _list(store, args[0]), integer(args[1])
    return members[at] if -len(members) <= at < len(members) else None


def _lrem(store: Store, args: Arguments) -> Any:
    members, count = _list(store, args[0]), integer(args[1])
    places = [at for at, member in enumerate(members) if member == args[2]]
    if count:
        places = places[:count] if count > 0 else places[count:]
    for at in reversed(places):
        del members[at]
    if places:
        store.touched(args[0])
    return len(places)


# -------------------------------------------------------------------------------------------- sets


def _set(store: Store, key: bytes) -> set[bytes]:
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


# ------------------------------------------------------------------------------------- sorted sets


def _scores(store: Store, key: bytes) -> SortedSet:
    return store.get(key, SortedSet) or SortedSet()


def _zadd(store: Store, args: Arguments) -> Any:
    words = args[1:]
    flags = set()
    while words and words[0].upper() in (b"NX", b"XX", b"CH"):
        flags.add(words.pop(0).upper())
    if len(words) % 2 or not words:
        raise CommandError("ERR syntax error")
    pairs = [(member, real(score)) for score, member in zip(words[::2], words[1::2], strict=True)]
    found = store.need(args[0], SortedSet)
    added = changed = 0
    for member, score in pairs:
        before = found.get(member)
        if (b"NX" in flags and before is not None) or (b"XX" in flags and before is None):
            continue
        found[member] = score
        added += before is None
        changed += before != score
    store.touched(args[0])
    return changed if b"CH" in flags else added


def _zincrby(store: Store, args: Arguments) -> Any:
    found = store.need(args[0], SortedSet)
    found[args[2]] = found.get(args[2], 0.0) + real(args[1])
    store.touched(args[0])
    return found[args[2]]


def _zrem(store: Store, args: Arguments) -> Any:
    found = _scores(store, args[0])
    count = sum(found.pop(member, None) is not None for member in args[1:])
    if count:
        store.touched(args[0])
    return count


def _with_scores(pairs: list[tuple[bytes, float]], words: Arguments) -> Any:
    if b"WITHSCORES" in [word.upper() for word in words]:
        return Scored(pairs)
    return [member for member, _ in pairs]


def _zrange(store: Store, args: Arguments) -> Any:
    pairs = _scores(store, args[0]).ordered()
    if b"REV" in [word.upper() for word in args[3:]]:
        pairs.reverse()
    return _with_scores(pairs[_slice(integer(args[1]), integer(args[2]), len(pairs))], args[3:])


def _between(store: Store, args: Arguments) -> list[tuple[bytes, float]]:
    """Return the members whose score lies between two: ``-inf``, ``(1`` (not 1 itself), ``5``."""
    ends = []
    for word, sign in ((args[1], 1), (args[2], -1)):
        is_open = word.startswith(b"(")
        ends.append((real(word.removeprefix(b"(")), sign if is_open else 0))
    (low, low_open), (high, high_open) = ends
    return [
        (member, score)
        for member, score in _scores(store, args[0]).ordered()
        if (low < score or (low == score and not low_open))
        and (score < high or (score == high and not high_open))
    ]


def _zrevrange(store: Store, args: Arguments) -> Any:
    return _zrange(store, [*args, b"REV"])


def _zrank(store: Store, args: Arguments) -> Any:
    members = [member for member, _ in _scores(store, args[0]).ordered()]
    return members.index(args[1]) if args[1] in members else None


def _zrangebyscore(store: Store, args: Arguments) -> Any:
    return _with_scores(_between(store, args), args[3:])


def _zremrangebyscore(store: Store, args: Arguments) -> Any:
    return _zrem(store, [args[0], *(member for member, _ in _between(store, args))])


COMMANDS: Final[dict[str, tuple[Run, int, int]]] = {
    "HSET": (_hset, 3, MANY),
    "HMSET": (_hmset, 3, MANY),
    "HSETNX": (_hsetnx, 3, 3),
    "HGET": (_hget, 2, 2),
    "HMGET": (_hmget, 2, MANY),
    "HDEL": (_hdel, 2, MANY),
    "HINCRBY": (_hincrby, 3, 3),
    "HGETALL": (lambda store, args: dict(_hash(store, args[0])), 1, 1),
    "HEXISTS": (lambda store, args: int(args[1] in _hash(store, args[0])), 2, 2),
    "HKEYS": (lambda store, args: list(_hash(store, args[0])), 1, 1),
    "HVALS": (lambda store, args: list(_hash(store, args[0]).values()), 1, 1),
    "HLEN": (lambda store, args: len(_hash(store, args[0])), 1, 1),
    "LPUSH": (_push(is_left=True), 2, MANY),
    "RPUSH": (_push(is_left=False), 2, MANY),
    "LPOP": (_pop(is_left=True), 1, 2),
    "RPOP": (_pop(is_left=False), 1, 2),
    "LLEN": (lambda store, args: len(_list(store, args[0])), 1, 1),
    "LRANGE": (_lrange, 3, 3),
    "LINDEX": (_lindex, 2, 2),
    "LREM": (_lrem, 3, 3),
    "SADD": (_sadd, 2, MANY),
    "SREM": (_srem, 2, MANY),
    "SMEMBERS": (lambda store, args: set(_set(store, args[0])), 1, 1),
    "SISMEMBER": (lambda store, args: int(args[1] in _set(store, args[0])), 2, 2),
    "SCARD": (lambda store, args: len(_set(store, args[0])), 1, 1),
    "ZADD": (_zadd, 3, MANY),
    "ZINCRBY": (_zincrby, 3, 3),
    "ZREM": (_zrem, 2, MANY),
    "ZSCORE": (lambda store, args: _scores(store, args[0]).get(args[1]), 2, 2),
    "ZCARD": (lambda store, args: len(_scores(store, args[0])), 1, 1),
    "ZRANGE": (_zrange, 3, MANY),
    "ZREVRANGE": (_zrevrange, 3, 4),
    "ZRANK": (_zrank, 2, 2),
    "ZRANGEBYSCORE": (_zrangebyscore, 3, MANY),
    "ZCOUNT": (lambda store, args: len(_between(store, args)), 3, 3),
    "ZREMRANGEBYSCORE": (_zremrangebyscore, 3, 3),
}
"""What each command does, and how many arguments it takes: at least, at most."""
