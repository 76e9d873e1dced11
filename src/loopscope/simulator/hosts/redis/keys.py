"""Commands on keys of every kind: whether they are there, when they expire, walking through."""

import copy
from typing import Any, Final

from loopscope.simulator.hosts.redis.protocol import OK, Simple
from loopscope.simulator.hosts.redis.scanning import read_scan, scan
from loopscope.simulator.hosts.redis.store import TYPE_NAMES, CommandError, Store, glob
from loopscope.simulator.hosts.redis.words import (
    INT64,
    MANY,
    Arguments,
    Commands,
    Options,
    Run,
    integer,
)

UNITS: Final = {"EX": 1000, "PX": 1, "EXAT": 1000, "PXAT": 1}
"""How many ms the units of ``SET`` are; those with ``AT`` count from 1970."""


def expiry(store: Store, unit: str, amount: int, command: str) -> int:
    """Return when a key expires, in ms since 1970.

    Raises:
        CommandError: That is too far away.
    """
    at = amount * UNITS[unit] + (0 if unit.endswith("AT") else store.now_ms())
    if not -INT64 <= at < INT64:
        raise CommandError(f"ERR invalid expire time in '{command}' command")
    return at


def _delete(store: Store, args: Arguments) -> Any:
    return sum(store.look(key) is not None and store.remove(key) for key in args)


def _exists(store: Store, args: Arguments) -> Any:
    return sum(store.look(key) is not None for key in args)


def _expire(command: str, unit: str) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        at = expiry(store, unit, integer(args[1]), command)
        flags = _expire_flags(args[2:])
        if store.look(args[0]) is None or not _may_expire(store.expires_at(args[0]), at, flags):
            return 0
        store.expire(args[0], at)
        store.look(args[0])
        return 1

    return run


def _expire_flags(words: Arguments) -> set[str]:
    flags = set(Options(words))
    for one in flags - {"NX", "XX", "GT", "LT"}:
        raise CommandError(f"ERR Unsupported option {one[:128]}")
    if "NX" in flags and len(flags) > 1:
        raise CommandError("ERR NX and XX, GT or LT options at the same time are not compatible")
    if {"GT", "LT"} <= flags:
        raise CommandError("ERR GT and LT options at the same time are not compatible")
    return flags


def _may_expire(before: int | None, at: int, flags: set[str]) -> bool:
    """Whether a key that expires at one time, or never, may do so at another one instead."""
    if ("NX" in flags and before is not None) or ("XX" in flags and before is None):
        return False
    if "GT" in flags and (before is None or at <= before):
        return False
    return not ("LT" in flags and before is not None and at >= before)


def _ttl(ms_per_unit: int) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        at = _expires_at(store, args[0])
        return at if at < 0 else (at - store.now_ms() + ms_per_unit // 2) // ms_per_unit

    return run


def _expire_time(ms_per_unit: int) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        at = _expires_at(store, args[0])
        return at if at < 0 else (at + ms_per_unit // 2) // ms_per_unit

    return run


def _expires_at(store: Store, key: bytes) -> int:
    """Return when a key expires, in ms since 1970; -1 = never, -2 = there is none."""
    if store.look(key) is None:
        return -2
    at = store.expires_at(key)
    return -1 if at is None else at


def _persist(store: Store, args: Arguments) -> Any:
    return int(store.look(args[0]) is not None and store.persist(args[0]))


def _keys(store: Store, args: Arguments) -> Any:
    pattern = glob(args[0])
    return [key for key in store.live_keys() if pattern.fullmatch(key)]


def _scan(store: Store, args: Arguments) -> Any:
    asked = read_scan(args)
    cursor, found = scan(store.live_keys(), asked)
    return [cursor, [key for key in found if asked.kind in (None, _type_name(store, key))]]


def _type_name(store: Store, key: bytes) -> str:
    value = store.look(key)
    return "none" if value is None else TYPE_NAMES[type(value)]


def _rename(store: Store, args: Arguments) -> Any:
    value = store.look(args[0])
    if value is None:
        raise CommandError("ERR no such key")
    at = store.expires_at(args[0])
    store.remove(args[0])
    _put(store, args[1], value, at)
    return OK


def _renamenx(store: Store, args: Arguments) -> Any:
    if store.look(args[0]) is not None and store.look(args[1]) is not None:
        return 0
    _rename(store, args)
    return 1


def _copy(store: Store, args: Arguments) -> Any:
    options = set(Options(args[2:]))
    if options - {"REPLACE"}:
        raise CommandError("ERR syntax error")
    value = store.look(args[0])
    if value is None or (store.look(args[1]) is not None and not options):
        return 0
    _put(store, args[1], copy.deepcopy(value), store.expires_at(args[0]))
    return 1


def _put(store: Store, key: bytes, value: Any, expires_ms: int | None) -> None:
    store.put(key, value)
    if expires_ms is not None:
        store.expire(key, expires_ms)


def _random_key(store: Store, _: Arguments) -> Any:
    keys = store.live_keys()
    return store.random.choice(keys) if keys else None


def _flush(store: Store, _: Arguments) -> Any:
    store.clear()
    return OK


def _time(store: Store, _: Arguments) -> Any:
    now_ms = store.now_ms()
    return [b"%d" % (now_ms // 1000), b"%d" % (now_ms % 1000 * 1000)]


COMMANDS: Final[Commands] = {
    "DEL": (_delete, 1, MANY),
    "UNLINK": (_delete, 1, MANY),
    "EXISTS": (_exists, 1, MANY),
    "TOUCH": (_exists, 1, MANY),
    "EXPIRE": (_expire("expire", "EX"), 2, MANY),
    "PEXPIRE": (_expire("pexpire", "PX"), 2, MANY),
    "EXPIREAT": (_expire("expireat", "EXAT"), 2, MANY),
    "PEXPIREAT": (_expire("pexpireat", "PXAT"), 2, MANY),
    "TTL": (_ttl(1000), 1, 1),
    "PTTL": (_ttl(1), 1, 1),
    "EXPIRETIME": (_expire_time(1000), 1, 1),
    "PEXPIRETIME": (_expire_time(1), 1, 1),
    "PERSIST": (_persist, 1, 1),
    "KEYS": (_keys, 1, 1),
    "SCAN": (_scan, 1, MANY),
    "TYPE": (lambda store, args: Simple(_type_name(store, args[0])), 1, 1),
    "RENAME": (_rename, 2, 2),
    "RENAMENX": (_renamenx, 2, 2),
    "COPY": (_copy, 2, MANY),
    "RANDOMKEY": (_random_key, 0, 0),
    "DBSIZE": (lambda store, _: len(store.live_keys()), 0, 0),
    "FLUSHDB": (_flush, 0, 1),
    "TIME": (_time, 0, 0),
}
