"""Commands of the simulated Redis on keys and strings."""

import math
from collections.abc import Callable
from typing import Any, Final

from loopscope.simulator.hosts.redis_protocol import OK, Simple, format_number
from loopscope.simulator.hosts.redis_store import TYPE_NAMES, CommandError, Store, glob

Arguments = list[bytes]
Run = Callable[[Store, Arguments], Any]

NOT_A_NUMBER: Final = "ERR value is not an integer or out of range"
_INT64: Final = 1 << 63


def integer(data: bytes) -> int:
    """Return a whole number of 64 bits.

    Raises:
        CommandError: It is none.
    """
    try:
        number = int(data) if len(data) <= 20 else _INT64  # noqa: PLR2004 - the longest
    except ValueError:
        number = _INT64
    if not -_INT64 <= number < _INT64:
        raise CommandError(NOT_A_NUMBER)
    return number


def real(data: bytes) -> float:
    """Return a number.

    Raises:
        CommandError: It is none.
    """
    try:
        number = float(data)
    except ValueError:
        number = math.nan
    if math.isnan(number):
        raise CommandError("ERR value is not a valid float")
    return number


def _get(store: Store, args: Arguments) -> Any:
    return store.get(args[0], bytes)


def _set(store: Store, args: Arguments) -> Any:
    key, value, *words = args
    options = _set_options(store, words)
    before = store.get(key, bytes) if "GET" in options else store.look(key)
    is_refused = ("NX" in options and before is not None) or ("XX" in options and before is None)
    if not is_refused:
        store.put(key, value, keeps_expiry="KEEPTTL" in options)
        if "at" in options:
            store.expire(key, options["at"])
    if "GET" in options:
        return before
    return None if is_refused else OK


def _set_options(store: Store, words: Arguments) -> dict[str, int]:
    """Return the flags of ``SET``, and under ``at`` when it expires, in ms since 1970."""
    options: dict[str, int] = {}
    rest = iter(words)
    for word in rest:
        name = word.decode("latin-1").upper()
        if name in ("NX", "XX", "GET", "KEEPTTL"):
            options[name] = 1
        elif name in _EXPIRY and (amount := next(rest, None)) is not None:
            options["at"] = _expiry(store, name, integer(amount), "set")
        else:
            raise CommandError("ERR syntax error")
    return options


_EXPIRY: Final = {"EX": 1000, "PX": 1, "EXAT": 1000, "PXAT": 1}


def _expiry(store: Store, unit: str, amount: int, command: str) -> int:
    if amount <= 0:
        raise CommandError(f"ERR invalid expire time in '{command}' command")
    return amount * _EXPIRY[unit] + (0 if unit.endswith("AT") else store.now_ms())


def _setex(unit: str) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        return _set(store, [args[0], args[2], unit.encode(), args[1]])

    return run


def _setnx(store: Store, args: Arguments) -> Any:
    return int(_set(store, [*args, b"NX"]) is not None)


def _getset(store: Store, args: Arguments) -> Any:
    return _set(store, [*args, b"GET"])


def _getdel(store: Store, args: Arguments) -> Any:
    value = store.get(args[0], bytes)
    store.remove(args[0])
    return value


def _getex(store: Store, args: Arguments) -> Any:
    value = store.get(args[0], bytes)
    if value is not None and len(args) > 1:
        if args[1].upper() == b"PERSIST":
            store.persist(args[0])
        else:
            store.expire(args[0], _set_options(store, args[1:])["at"])
    return value


def _mget(store: Store, args: Arguments) -> Any:
    values = [store.look(key) for key in args]
    return [value if isinstance(value, bytes) else None for value in values]


def _mset(store: Store, args: Arguments) -> Any:
    if len(args) % 2:
        raise CommandError("ERR wrong number of arguments for 'mset' command")
    for key, value in zip(args[::2], args[1::2], strict=True):
        store.put(key, value)
    return OK


def _add(sign: int) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        by = integer(args[1]) if len(args) > 1 else 1
        number = integer(store.get(args[0], bytes) or b"0") + sign * by
        if not -_INT64 <= number < _INT64:
            raise CommandError("ERR increment or decrement would overflow")
        store.put(args[0], b"%d" % number, keeps_expiry=True)
        return number

    return run


def _incrbyfloat(store: Store, args: Arguments) -> Any:
    number = real(store.get(args[0], bytes) or b"0") + real(args[1])
    text = format_number(number).encode()
    store.put(args[0], text, keeps_expiry=True)
    return text


def _append(store: Store, args: Arguments) -> Any:
    value = (store.get(args[0], bytes) or b"") + args[1]
    store.put(args[0], value, keeps_expiry=True)
    return len(value)


def _strlen(store: Store, args: Arguments) -> Any:
    return len(store.get(args[0], bytes) or b"")


def _del(store: Store, args: Arguments) -> Any:
    return sum(store.look(key) is not None and store.remove(key) for key in args)


def _exists(store: Store, args: Arguments) -> Any:
    return sum(store.look(key) is not None for key in args)


def _expire(unit: str) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        if store.look(args[0]) is None:
            return 0
        at = integer(args[1]) * _EXPIRY[unit] + (0 if unit.endswith("AT") else store.now_ms())
        store.expire(args[0], at)
        store.look(args[0])
        return 1

    return run


def _ttl(ms_per_unit: int) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        if store.look(args[0]) is None:
            return -2
        at = store.expires_at(args[0])
        if at is None:
            return -1
        return (at - store.now_ms() + ms_per_unit // 2) // ms_per_unit

    return run


def _persist(store: Store, args: Arguments) -> Any:
    return int(store.look(args[0]) is not None and store.persist(args[0]))


def _keys(store: Store, args: Arguments) -> Any:
    pattern = glob(args[0])
    return [key for key in store.live_keys() if pattern.fullmatch(key)]


def _scan(store: Store, args: Arguments) -> Any:
    words = [word.upper() for word in args]
    found = store.live_keys()
    if b"MATCH" in words[:-1]:
        pattern = glob(args[words.index(b"MATCH") + 1])
        found = [key for key in found if pattern.fullmatch(key)]
    return [b"0", found]


def _type(store: Store, args: Arguments) -> Any:
    value = store.look(args[0])
    return Simple("none" if value is None else TYPE_NAMES[type(value)])


def _rename(store: Store, args: Arguments) -> Any:
    value = store.look(args[0])
    if value is None:
        raise CommandError("ERR no such key")
    at = store.expires_at(args[0])
    store.remove(args[0])
    store.put(args[1], value)
    if at is not None:
        store.expire(args[1], at)
    return OK


def _dbsize(store: Store, _: Arguments) -> Any:
    return len(store.live_keys())


def _flush(store: Store, _: Arguments) -> Any:
    store.clear()
    return OK


def _time(store: Store, _: Arguments) -> Any:
    now_ms = store.now_ms()
    return [b"%d" % (now_ms // 1000), b"%d" % (now_ms % 1000 * 1000)]


MANY: Final = 1 << 30

COMMANDS: Final[dict[str, tuple[Run, int, int]]] = {
    "GET": (_get, 1, 1),
    "SET": (_set, 2, MANY),
    "SETEX": (_setex("EX"), 3, 3),
    "PSETEX": (_setex("PX"), 3, 3),
    "SETNX": (_setnx, 2, 2),
    "GETSET": (_getset, 2, 2),
    "GETDEL": (_getdel, 1, 1),
    "GETEX": (_getex, 1, MANY),
    "MGET": (_mget, 1, MANY),
    "MSET": (_mset, 2, MANY),
    "INCR": (_add(1), 1, 1),
    "DECR": (_add(-1), 1, 1),
    "INCRBY": (_add(1), 2, 2),
    "DECRBY": (_add(-1), 2, 2),
    "INCRBYFLOAT": (_incrbyfloat, 2, 2),
    "APPEND": (_append, 2, 2),
    "STRLEN": (_strlen, 1, 1),
    "DEL": (_del, 1, MANY),
    "UNLINK": (_del, 1, MANY),
    "EXISTS": (_exists, 1, MANY),
    "EXPIRE": (_expire("EX"), 2, 3),
    "PEXPIRE": (_expire("PX"), 2, 3),
    "EXPIREAT": (_expire("EXAT"), 2, 3),
    "PEXPIREAT": (_expire("PXAT"), 2, 3),
    "TTL": (_ttl(1000), 1, 1),
    "PTTL": (_ttl(1), 1, 1),
    "PERSIST": (_persist, 1, 1),
    "KEYS": (_keys, 1, 1),
    "SCAN": (_scan, 1, MANY),
    "TYPE": (_type, 1, 1),
    "RENAME": (_rename, 2, 2),
    "DBSIZE": (_dbsize, 0, 0),
    "FLUSHDB": (_flush, 0, 1),
    "TIME": (_time, 0, 0),
}
"""What each command does, and how many arguments it takes: at least, at most."""
