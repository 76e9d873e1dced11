"""Commands on strings: values, counters, pieces and bits of them."""

from typing import Any, Final

from loopscope.simulator.hosts.redis.keys import UNITS, expiry
from loopscope.simulator.hosts.redis.protocol import OK
from loopscope.simulator.hosts.redis.store import CommandError, Store
from loopscope.simulator.hosts.redis.words import (
    INT64,
    MANY,
    SYNTAX,
    Arguments,
    Commands,
    Options,
    Run,
    decimal_sum,
    integer,
)

MOST_BYTES: Final = 512 * 1024 * 1024


def _get(store: Store, args: Arguments) -> Any:
    return store.get(args[0], bytes)


def _text(store: Store, key: bytes) -> bytes:
    return store.get(key, bytes) or b""


def _set(store: Store, args: Arguments) -> Any:
    key, value, *words = args
    options = _set_options(store, words, "set")
    before = store.get(key, bytes) if "GET" in options else store.look(key)
    is_refused = ("NX" in options and before is not None) or ("XX" in options and before is None)
    if not is_refused:
        store.put(key, value, keeps_expiry="KEEPTTL" in options)
        if "at" in options:
            store.expire(key, options["at"])
    if "GET" in options:
        return before
    return None if is_refused else OK


def _set_options(store: Store, words: Arguments, command: str) -> dict[str, int]:
    """Return the flags of ``SET``, and under ``at`` when it expires, in ms since 1970."""
    found: dict[str, int] = {}
    options = Options(words)
    for name in options:
        if name in ("NX", "XX", "GET", "KEEPTTL"):
            found[name] = 1
        elif name in UNITS and "at" not in found:
            amount = options.number()
            if amount <= 0:
                raise CommandError(f"ERR invalid expire time in '{command}' command")
            found["at"] = expiry(store, name, amount, command)
        else:
            raise CommandError(SYNTAX)
    if {"NX", "XX"} <= found.keys() or {"KEEPTTL", "at"} <= found.keys():
        raise CommandError(SYNTAX)
    return found


def _setex(unit: str, command: str) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        at = _set_options(store, [unit.encode(), args[1]], command)["at"]
        store.put(args[0], args[2])
        store.expire(args[0], at)
        return OK

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
    if [word.upper() for word in args[1:]] == [b"PERSIST"]:
        store.persist(args[0])
        return value
    options = _set_options(store, args[1:], "getex")
    if options.keys() - {"at"}:
        raise CommandError(SYNTAX)
    if value is not None and options:
        store.expire(args[0], options["at"])
        store.look(args[0])
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


def _msetnx(store: Store, args: Arguments) -> Any:
    if len(args) % 2:
        raise CommandError("ERR wrong number of arguments for 'msetnx' command")
    if any(store.look(key) is not None for key in args[::2]):
        return 0
    _mset(store, args)
    return 1


def _add(sign: int) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        by = integer(args[1]) if len(args) > 1 else 1
        number = integer(store.get(args[0], bytes) or b"0") + sign * by
        if not -INT64 <= number < INT64:
            raise CommandError("ERR increment or decrement would overflow")
        store.put(args[0], b"%d" % number, keeps_expiry=True)
        return number

    return run


def _incrbyfloat(store: Store, args: Arguments) -> Any:
    text = decimal_sum(store.get(args[0], bytes) or b"0", args[1])
    store.put(args[0], text, keeps_expiry=True)
    return text


def _append(store: Store, args: Arguments) -> Any:
    value = _text(store, args[0]) + args[1]
    store.put(args[0], value, keeps_expiry=True)
    return len(value)


def piece(first: int, last: int, size: int) -> slice:
    """Return what Redis means by ``first`` to ``last``, both included, negative from the end."""
    first = max(first + size, 0) if first < 0 else first
    last = last + size if last < 0 else last
    return slice(first, max(last + 1, 0))


def _getrange(store: Store, args: Arguments) -> Any:
    value = _text(store, args[0])
    return value[piece(integer(args[1]), integer(args[2]), len(value))]


def _setrange(store: Store, args: Arguments) -> Any:
    at, value = integer(args[1]), _text(store, args[0])
    if at < 0:
        raise CommandError("ERR offset is out of range")
    if at + len(args[2]) > MOST_BYTES:
        raise CommandError("ERR string exceeds maximum allowed size (proto-max-bulk-len)")
    if args[2]:
        value = value[:at].ljust(at, b"\0") + args[2] + value[at + len(args[2]) :]
        store.put(args[0], value, keeps_expiry=True)
    return len(value)


# -------------------------------------------------------------------------------------------- bits


def _bit_place(word: bytes) -> tuple[int, int]:
    """Return in which byte a bit is, and its value there."""
    try:
        at = integer(word)
    except CommandError:
        at = -1
    if not 0 <= at < 8 * MOST_BYTES:
        raise CommandError("ERR bit offset is not an integer or out of range")
    return at // 8, 0x80 >> at % 8


def _setbit(store: Store, args: Arguments) -> Any:
    at, mask = _bit_place(args[1])
    if args[2] not in (b"0", b"1"):
        raise CommandError("ERR bit is not an integer or out of range")
    value = bytearray(_text(store, args[0]).ljust(at + 1, b"\0"))
    before = int(bool(value[at] & mask))
    value[at] = value[at] | mask if args[2] == b"1" else value[at] & ~mask
    store.put(args[0], bytes(value), keeps_expiry=True)
    return before


def _getbit(store: Store, args: Arguments) -> Any:
    at, mask = _bit_place(args[1])
    value = _text(store, args[0])
    return int(at < len(value) and bool(value[at] & mask))


def _bitcount(store: Store, args: Arguments) -> Any:
    value = _text(store, args[0])
    if not value:
        return 0
    if len(args) == 3:  # noqa: PLR2004 - a key, the first byte and the last
        value = value[piece(integer(args[1]), integer(args[2]), len(value))]
    elif len(args) != 1:
        raise CommandError(SYNTAX)
    return int.from_bytes(value).bit_count()


COMMANDS: Final[Commands] = {
    "GET": (_get, 1, 1),
    "SET": (_set, 2, MANY),
    "SETEX": (_setex("EX", "setex"), 3, 3),
    "PSETEX": (_setex("PX", "psetex"), 3, 3),
    "SETNX": (_setnx, 2, 2),
    "GETSET": (_getset, 2, 2),
    "GETDEL": (_getdel, 1, 1),
    "GETEX": (_getex, 1, MANY),
    "MGET": (_mget, 1, MANY),
    "MSET": (_mset, 2, MANY),
    "MSETNX": (_msetnx, 2, MANY),
    "INCR": (_add(1), 1, 1),
    "DECR": (_add(-1), 1, 1),
    "INCRBY": (_add(1), 2, 2),
    "DECRBY": (_add(-1), 2, 2),
    "INCRBYFLOAT": (_incrbyfloat, 2, 2),
    "APPEND": (_append, 2, 2),
    "STRLEN": (lambda store, args: len(_text(store, args[0])), 1, 1),
    "GETRANGE": (_getrange, 3, 3),
    "SUBSTR": (_getrange, 3, 3),
    "SETRANGE": (_setrange, 3, 3),
    "SETBIT": (_setbit, 3, 3),
    "GETBIT": (_getbit, 2, 2),
    "BITCOUNT": (_bitcount, 1, MANY),
}
