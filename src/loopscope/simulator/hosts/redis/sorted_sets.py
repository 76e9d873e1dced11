"""Commands on sorted sets, and waiting for their least and greatest members."""

import math
from typing import Any, Final

from loopscope.simulator.hosts.redis.protocol import Pairs, format_number
from loopscope.simulator.hosts.redis.ranges import Scores, read_range, select
from loopscope.simulator.hosts.redis.scanning import read_scan, scan_members
from loopscope.simulator.hosts.redis.sets import choose_pairs
from loopscope.simulator.hosts.redis.store import CommandError, SortedSet, Store
from loopscope.simulator.hosts.redis.words import (
    MANY,
    SYNTAX,
    Arguments,
    Blocking,
    Commands,
    Run,
    Wait,
    integer,
    real,
    timeout,
)


def _scores(store: Store, key: bytes) -> SortedSet:
    return store.get(key, SortedSet) or SortedSet()


# ----------------------------------------------------------------------------------------- writing


def _zadd(store: Store, args: Arguments) -> Any:
    words = args[1:]
    flags = set()
    while words and words[0].upper() in (b"NX", b"XX", b"GT", b"LT", b"CH", b"INCR"):
        flags.add(words.pop(0).upper().decode())
    pairs = _zadd_pairs(words, flags)
    found = _scores(store, args[0])
    added = changed = 0
    result = None
    for member, score in pairs:
        before = found.get(member)
        after = _total(before or 0.0, score) if "INCR" in flags else score
        if not _may_set(before, after, flags):
            continue
        store.need(args[0], SortedSet)[member] = result = after
        added += before is None
        changed += before != after
    if result is not None:
        store.touched(args[0])
    if "INCR" in flags:
        return result
    return changed if "CH" in flags else added


def _zadd_pairs(words: Arguments, flags: set[str]) -> Scores:
    """Return the members with the scores that they are to have."""
    if len(words) % 2 or not words:
        raise CommandError(SYNTAX)
    if {"NX", "XX"} <= flags:
        raise CommandError("ERR XX and NX options at the same time are not compatible")
    if len(flags & {"NX", "GT", "LT"}) > 1:
        raise CommandError("ERR GT, LT, and/or NX options at the same time are not compatible")
    if "INCR" in flags and len(words) > 2:  # noqa: PLR2004 - a score and a member
        raise CommandError("ERR INCR option supports a single increment-element pair")
    return [(member, real(score)) for score, member in zip(words[::2], words[1::2], strict=True)]


def _may_set(before: float | None, after: float, flags: set[str]) -> bool:
    if before is None:
        return "XX" not in flags
    if "NX" in flags or ("GT" in flags and after <= before):
        return False
    return not ("LT" in flags and after >= before)


def _total(one: float, other: float) -> float:
    total = one + other
    if math.isnan(total):
        raise CommandError("ERR resulting score is not a number (NaN)")
    return total


def _zincrby(store: Store, args: Arguments) -> Any:
    return _zadd(store, [args[0], b"INCR", args[1], args[2]])


def _zrem(store: Store, args: Arguments) -> Any:
    found = _scores(store, args[0])
    count = sum(found.pop(member, None) is not None for member in args[1:])
    if count:
        store.touched(args[0])
    return count


def _take_ends(store: Store, key: bytes, count: int, *, is_least: bool) -> Scores:
    """Take the members with the least scores, or the greatest."""
    pairs = _scores(store, key).ordered()[:: 1 if is_least else -1][:count]
    _zrem(store, [key, *(member for member, _ in pairs)])
    return pairs


def _zpop(*, is_least: bool) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        count = integer(args[1]) if len(args) > 1 else 1
        if count < 0:
            raise CommandError("ERR value is out of range, must be positive")
        pairs = _take_ends(store, args[0], count, is_least=is_least)
        return Pairs(pairs) if len(args) > 1 else [one for pair in pairs for one in pair]

    return run


def _wait_zpop(*, is_least: bool) -> Any:
    def wait(store: Store, args: Arguments) -> Wait:
        *keys, limit = args

        def attempt() -> Any:
            for key in keys:
                if _scores(store, key):
                    return [key, *_take_ends(store, key, 1, is_least=is_least)[0]]
            return None

        return Wait(attempt, timeout(limit))

    return wait


# ----------------------------------------------------------------------------------------- reading


def _zrank(*, is_reversed: bool) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        members = [member for member, _ in _scores(store, args[0]).ordered()]
        if is_reversed:
            members.reverse()
        return members.index(args[1]) if args[1] in members else None

    return run


def _range(by: str = "RANK", *, is_reversed: bool = False) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        asked = read_range(args[1:], by, is_reversed=is_reversed)
        pairs = select(_scores(store, args[0]), asked)
        return Pairs(pairs) if asked.with_scores else [member for member, _ in pairs]

    return run


def _count(by: str) -> Run:
    return lambda store, args: len(select(_scores(store, args[0]), read_range(args[1:], by)))


def _remove_range(by: str) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        pairs = select(_scores(store, args[0]), read_range(args[1:], by))
        return _zrem(store, [args[0], *(member for member, _ in pairs)])

    return run


def _zrangestore(store: Store, args: Arguments) -> Any:
    found = SortedSet(select(_scores(store, args[1]), read_range(args[2:])))
    store.remove(args[0])
    if found:
        store.put(args[0], found)
    return len(found)


def _zrandmember(store: Store, args: Arguments) -> Any:
    return choose_pairs(store, args, dict(_scores(store, args[0]).ordered()), b"WITHSCORES")


def _zscan(store: Store, args: Arguments) -> Any:
    found = _scores(store, args[0])
    members = [member for member, _ in found.ordered()]
    cursor, shown = scan_members(members, read_scan(args[1:]))
    return [cursor, [one for member in shown for one in (member, _text(found[member]))]]


def _text(score: float) -> bytes:
    return format_number(score).encode()


COMMANDS: Final[Commands] = {
    "ZADD": (_zadd, 3, MANY),
    "ZINCRBY": (_zincrby, 3, 3),
    "ZREM": (_zrem, 2, MANY),
    "ZPOPMIN": (_zpop(is_least=True), 1, 2),
    "ZPOPMAX": (_zpop(is_least=False), 1, 2),
    "ZSCORE": (lambda store, args: _scores(store, args[0]).get(args[1]), 2, 2),
    "ZMSCORE": (
        lambda store, args: [_scores(store, args[0]).get(member) for member in args[1:]],
        2,
        MANY,
    ),
    "ZCARD": (lambda store, args: len(_scores(store, args[0])), 1, 1),
    "ZRANK": (_zrank(is_reversed=False), 2, 2),
    "ZREVRANK": (_zrank(is_reversed=True), 2, 2),
    "ZRANGE": (_range(), 3, MANY),
    "ZREVRANGE": (_range(is_reversed=True), 3, 4),
    "ZRANGEBYSCORE": (_range("SCORE"), 3, MANY),
    "ZREVRANGEBYSCORE": (_range("SCORE", is_reversed=True), 3, MANY),
    "ZRANGEBYLEX": (_range("LEX"), 3, MANY),
    "ZREVRANGEBYLEX": (_range("LEX", is_reversed=True), 3, MANY),
    "ZRANGESTORE": (_zrangestore, 4, MANY),
    "ZCOUNT": (_count("SCORE"), 3, 3),
    "ZLEXCOUNT": (_count("LEX"), 3, 3),
    "ZREMRANGEBYRANK": (_remove_range("RANK"), 3, 3),
    "ZREMRANGEBYSCORE": (_remove_range("SCORE"), 3, 3),
    "ZREMRANGEBYLEX": (_remove_range("LEX"), 3, 3),
    "ZRANDMEMBER": (_zrandmember, 1, 3),
    "ZSCAN": (_zscan, 2, MANY),
}

BLOCKING: Final[Blocking] = {
    "BZPOPMIN": (_wait_zpop(is_least=True), 2, MANY),
    "BZPOPMAX": (_wait_zpop(is_least=False), 2, MANY),
}
