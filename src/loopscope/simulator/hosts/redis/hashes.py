"""Commands on hashes: fields with their values."""

from typing import Any, Final

from loopscope.simulator.hosts.redis.protocol import OK
from loopscope.simulator.hosts.redis.scanning import read_scan, scan_members
from loopscope.simulator.hosts.redis.sets import choose_pairs
from loopscope.simulator.hosts.redis.store import CommandError, Store
from loopscope.simulator.hosts.redis.words import (
    INT64,
    MANY,
    Arguments,
    Commands,
    decimal_sum,
    integer,
    real,
)


def _hash(store: Store, key: bytes) -> dict[bytes, bytes]:
    return store.get(key, dict) or {}


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
    return 0 if args[1] in _hash(store, args[0]) else _hset(store, args)


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
    by, found = integer(args[2]), _hash(store, args[0])
    try:
        number = integer(found.get(args[1], b"0")) + by
    except CommandError as error:
        raise CommandError("ERR hash value is not an integer") from error
    if not -INT64 <= number < INT64:
        raise CommandError("ERR increment or decrement would overflow")
    _hset(store, [args[0], args[1], b"%d" % number])
    return number


def _hincrbyfloat(store: Store, args: Arguments) -> Any:
    real(args[2])  # which is refused in other words than what is there
    found = _hash(store, args[0])
    try:
        text = decimal_sum(found.get(args[1], b"0"), args[2])
    except CommandError as error:
        raise CommandError("ERR hash value is not a float") from error
    _hset(store, [args[0], args[1], text])
    return text


def _hrandfield(store: Store, args: Arguments) -> Any:
    return choose_pairs(store, args, _hash(store, args[0]), b"WITHVALUES")


def _hscan(store: Store, args: Arguments) -> Any:
    asked, found = read_scan(args[1:]), _hash(store, args[0])
    cursor, fields = scan_members(found, asked)
    if asked.only_fields:
        return [cursor, fields]
    return [cursor, [one for field in fields for one in (field, found[field])]]


COMMANDS: Final[Commands] = {
    "HSET": (_hset, 3, MANY),
    "HMSET": (_hmset, 3, MANY),
    "HSETNX": (_hsetnx, 3, 3),
    "HGET": (lambda store, args: _hash(store, args[0]).get(args[1]), 2, 2),
    "HMGET": (_hmget, 2, MANY),
    "HDEL": (_hdel, 2, MANY),
    "HINCRBY": (_hincrby, 3, 3),
    "HINCRBYFLOAT": (_hincrbyfloat, 3, 3),
    "HGETALL": (lambda store, args: dict(_hash(store, args[0])), 1, 1),
    "HEXISTS": (lambda store, args: int(args[1] in _hash(store, args[0])), 2, 2),
    "HKEYS": (lambda store, args: list(_hash(store, args[0])), 1, 1),
    "HVALS": (lambda store, args: list(_hash(store, args[0]).values()), 1, 1),
    "HLEN": (lambda store, args: len(_hash(store, args[0])), 1, 1),
    "HSTRLEN": (lambda store, args: len(_hash(store, args[0]).get(args[1], b"")), 2, 2),
    "HRANDFIELD": (_hrandfield, 1, 3),
    "HSCAN": (_hscan, 2, MANY),
}
