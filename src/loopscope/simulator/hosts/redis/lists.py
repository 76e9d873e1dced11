"""Commands on lists, and waiting for what is pushed to them."""

from collections import deque
from typing import Any, Final

from loopscope.simulator.hosts.redis.protocol import OK
from loopscope.simulator.hosts.redis.store import CommandError, Store
from loopscope.simulator.hosts.redis.strings import piece
from loopscope.simulator.hosts.redis.words import (
    MANY,
    NO_KEYS,
    SYNTAX,
    Arguments,
    Blocking,
    Commands,
    Options,
    Run,
    Wait,
    counted,
    integer,
    timeout,
)


def _list(store: Store, key: bytes) -> deque[bytes]:
    return store.get(key, deque) or deque()


def _push(*, is_left: bool, only_there: bool = False) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        if only_there and not _list(store, args[0]):
            return 0
        found = store.need(args[0], deque)
        (found.extendleft if is_left else found.extend)(args[1:])
        store.touched(args[0])
        return len(found)

    return run


def _take(store: Store, key: bytes, *, is_left: bool) -> bytes | None:
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
            return _take(store, args[0], is_left=is_left)
        count = integer(args[1])
        if count < 0:
            raise CommandError("ERR value is out of range, must be positive")
        if store.get(args[0], deque) is None:
            return None
        return _take_many(store, args[0], count, is_left=is_left)

    return run


def _take_many(store: Store, key: bytes, count: int, *, is_left: bool) -> list[bytes | None]:
    count = min(count, len(_list(store, key)))
    return [_take(store, key, is_left=is_left) for _ in range(count)]


def _is_left(word: bytes) -> bool:
    if word.upper() not in (b"LEFT", b"RIGHT"):
        raise CommandError(SYNTAX)
    return word.upper() == b"LEFT"


def _lmove(store: Store, args: Arguments) -> Any:
    source, target, *ends = args
    from_left, to_left = [_is_left(word) for word in ends]
    if not _list(store, source):
        return None
    _list(store, target)  # of another kind: an error, before anything is taken
    value = _take(store, source, is_left=from_left)
    assert value is not None  # noqa: S101 - it is not empty
    _push(is_left=to_left)(store, [target, value])
    return value


def _rpoplpush(store: Store, args: Arguments) -> Any:
    return _lmove(store, [*args, b"RIGHT", b"LEFT"])


def _lmpop(store: Store, args: Arguments) -> Any:
    keys, words = counted(args, NO_KEYS)
    if not words:
        raise CommandError(SYNTAX)
    is_left, count = _is_left(words[0]), 1
    options = Options(words[1:])
    for name in options:
        if name != "COUNT":
            raise CommandError(SYNTAX)
        count = options.number()
    for key in keys:
        if _list(store, key):
            return [key, _take_many(store, key, count, is_left=is_left)]
    return None


# -------------------------------------------------------------------------------------- in a list


def _lrange(store: Store, args: Arguments) -> Any:
    members = list(_list(store, args[0]))
    return members[piece(integer(args[1]), integer(args[2]), len(members))]


def _ltrim(store: Store, args: Arguments) -> Any:
    kept = _lrange(store, args)
    if store.get(args[0], deque) is not None:
        found = store.need(args[0], deque)
        found.clear()
        found.extend(kept)
        store.touched(args[0])
    return OK


def _lindex(store: Store, args: Arguments) -> Any:
    members = _list(store, args[0])
    if not members:
        return None
    at = integer(args[1])
    return members[at] if -len(members) <= at < len(members) else None


def _lset(store: Store, args: Arguments) -> Any:
    members, at = _list(store, args[0]), integer(args[1])
    if not members:
        raise CommandError("ERR no such key")
    if not -len(members) <= at < len(members):
        raise CommandError("ERR index out of range")
    members[at] = args[2]
    store.touched(args[0])
    return OK


def _linsert(store: Store, args: Arguments) -> Any:
    key, where, pivot, value = args
    if where.upper() not in (b"BEFORE", b"AFTER"):
        raise CommandError(SYNTAX)
    members = _list(store, key)
    if pivot not in members:
        return -1 if members else 0
    members.insert(members.index(pivot) + (where.upper() == b"AFTER"), value)
    store.touched(key)
    return len(members)


def _lpos(store: Store, args: Arguments) -> Any:
    rank, count, most = 1, None, 0
    options = Options(args[2:])
    for name in options:
        if name == "RANK":
            rank = options.number()
        elif name == "COUNT":
            count = options.number()
        elif name == "MAXLEN":
            most = options.number()
        else:
            raise CommandError(SYNTAX)
    if rank == 0:
        raise CommandError(
            "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or "
            "use negative to start from the end of the list"
        )
    members = list(enumerate(_list(store, args[0])))[:: 1 if rank > 0 else -1]
    places = [at for at, one in members[: most or None] if one == args[1]][abs(rank) - 1 :]
    if count is None:
        return places[0] if places else None
    return places[: count or None]


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


# ----------------------------------------------------------------------------------------- waiting


def _wait_pop(*, is_left: bool) -> Any:
    def wait(store: Store, args: Arguments) -> Wait:
        *keys, limit = args

        def attempt() -> Any:
            for key in keys:
                value = _take(store, key, is_left=is_left)
                if value is not None:
                    return [key, value]
            return None

        return Wait(attempt, timeout(limit))

    return wait


def _wait_move(store: Store, args: Arguments) -> Wait:
    *words, limit = args
    return Wait(lambda: _lmove(store, words), timeout(limit))


def _wait_rpoplpush(store: Store, args: Arguments) -> Wait:
    *words, limit = args
    return Wait(lambda: _rpoplpush(store, words), timeout(limit))


def _wait_mpop(store: Store, args: Arguments) -> Wait:
    limit, *words = args
    return Wait(lambda: _lmpop(store, words), timeout(limit))


COMMANDS: Final[Commands] = {
    "LPUSH": (_push(is_left=True), 2, MANY),
    "RPUSH": (_push(is_left=False), 2, MANY),
    "LPUSHX": (_push(is_left=True, only_there=True), 2, MANY),
    "RPUSHX": (_push(is_left=False, only_there=True), 2, MANY),
    "LPOP": (_pop(is_left=True), 1, 2),
    "RPOP": (_pop(is_left=False), 1, 2),
    "LMPOP": (_lmpop, 3, MANY),
    "LMOVE": (_lmove, 4, 4),
    "RPOPLPUSH": (_rpoplpush, 2, 2),
    "LLEN": (lambda store, args: len(_list(store, args[0])), 1, 1),
    "LRANGE": (_lrange, 3, 3),
    "LTRIM": (_ltrim, 3, 3),
    "LINDEX": (_lindex, 2, 2),
    "LSET": (_lset, 3, 3),
    "LINSERT": (_linsert, 4, 4),
    "LPOS": (_lpos, 2, MANY),
    "LREM": (_lrem, 3, 3),
}

BLOCKING: Final[Blocking] = {
    "BLPOP": (_wait_pop(is_left=True), 2, MANY),
    "BRPOP": (_wait_pop(is_left=False), 2, MANY),
    "BLMOVE": (_wait_move, 5, 5),
    "BRPOPLPUSH": (_wait_rpoplpush, 3, 3),
    "BLMPOP": (_wait_mpop, 4, MANY),
}
