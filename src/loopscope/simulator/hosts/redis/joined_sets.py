"""Commands on several sorted sets at once: their union, intersection and difference."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from loopscope.simulator.hosts.redis.protocol import Pairs
from loopscope.simulator.hosts.redis.store import WRONG_TYPE, CommandError, SortedSet, Store
from loopscope.simulator.hosts.redis.words import (
    MANY,
    SYNTAX,
    Arguments,
    Commands,
    Options,
    Run,
    counted,
    real,
)

_AGGREGATES: Final[dict[bytes, Callable[[list[float]], float]]] = {
    b"SUM": sum,
    b"MIN": min,
    b"MAX": max,
}


@dataclass(slots=True)
class _Asked:
    """The sets, what their scores are multiplied with, and what is made of several scores."""

    sets: list[SortedSet]
    weights: list[float]
    aggregate: Callable[[list[float]], float]
    with_scores: bool = False


def _read(store: Store, command: str, args: Arguments) -> _Asked:
    keys, words = counted(args, f"ERR at least 1 input key is needed for '{command}' command")
    asked = _Asked([_scores(store, key) for key in keys], [1.0] * len(keys), sum)
    options = Options(words)
    for name in options:
        if name == "WEIGHTS":
            asked.weights = [real(options.word()) for _ in keys]
        elif name == "AGGREGATE":
            aggregate = _AGGREGATES.get(options.word().upper())
            if aggregate is None:
                raise CommandError(SYNTAX)
            asked.aggregate = aggregate
        elif name == "WITHSCORES":
            asked.with_scores = True
        else:
            raise CommandError(SYNTAX)
    return asked


def _scores(store: Store, key: bytes) -> SortedSet:
    """Return a sorted set; a plain one has the score 1 for each member."""
    value = store.look(key)
    if isinstance(value, set):
        return SortedSet(dict.fromkeys(value, 1.0))
    if value is not None and not isinstance(value, SortedSet):
        raise CommandError(WRONG_TYPE)
    return SortedSet(value or {})


def _union(asked: _Asked) -> SortedSet:
    members = {member for one in asked.sets for member in one}
    return _aggregated(asked, members)


def _intersection(asked: _Asked) -> SortedSet:
    members = set(asked.sets[0]).intersection(*asked.sets[1:])
    return _aggregated(asked, members)


def _difference(asked: _Asked) -> SortedSet:
    first, *others = asked.sets
    return SortedSet({one: score for one, score in first.items() if not _is_in(one, others)})


def _is_in(member: bytes, sets: list[SortedSet]) -> bool:
    return any(member in one for one in sets)


def _aggregated(asked: _Asked, members: set[bytes]) -> SortedSet:
    weighted = list(zip(asked.sets, asked.weights, strict=True))
    return SortedSet(
        {
            member: asked.aggregate(
                [one[member] * weight for one, weight in weighted if member in one]
            )
            for member in members
        }
    )


def _join(command: str, join: Callable[[_Asked], SortedSet]) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        asked = _read(store, command, args)
        pairs = join(asked).ordered()
        return Pairs(pairs) if asked.with_scores else [member for member, _ in pairs]

    return run


def _join_store(command: str, join: Callable[[_Asked], SortedSet]) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        found = join(_read(store, command, args[1:]))
        store.remove(args[0])
        if found:
            store.put(args[0], found)
        return len(found)

    return run


COMMANDS: Final[Commands] = {
    "ZUNION": (_join("zunion", _union), 2, MANY),
    "ZINTER": (_join("zinter", _intersection), 2, MANY),
    "ZDIFF": (_join("zdiff", _difference), 2, MANY),
    "ZUNIONSTORE": (_join_store("zunionstore", _union), 3, MANY),
    "ZINTERSTORE": (_join_store("zinterstore", _intersection), 3, MANY),
    "ZDIFFSTORE": (_join_store("zdiffstore", _difference), 3, MANY),
}
