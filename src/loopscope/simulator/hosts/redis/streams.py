"""Commands on streams: adding, reading and waiting, cutting."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from loopscope.simulator.hosts.redis.protocol import Keyed
from loopscope.simulator.hosts.redis.store import CommandError, Store
from loopscope.simulator.hosts.redis.stream import FIRST, LAST, Id, Stream, text_of
from loopscope.simulator.hosts.redis.stream_names import after, first_of, last_of, name_of
from loopscope.simulator.hosts.redis.words import (
    MANY,
    SYNTAX,
    Arguments,
    Blocking,
    Commands,
    Options,
    Run,
    Wait,
    integer,
)

_UNBALANCED: Final = (
    "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified."
)


def stream_at(store: Store, key: bytes) -> Stream:
    """Return the stream of a key; an empty one, that is not kept, if there is none."""
    return store.get(key, Stream) or Stream()


def entries_of(stream: Stream, names: list[Id]) -> list[Any]:
    """Return entries as they are sent; one that was deleted has no fields."""
    return [[text_of(name), stream.entries.get(name)] for name in names]


def _new_name(store: Store, stream: Stream, word: bytes) -> Id:
    """Return the name that a new entry gets: ``*``, ``5-*``, or one that is greater than all."""
    ms, number = stream.last
    if word == b"*":
        return max((store.now_ms(), 0), after(stream.last))
    if word.endswith(b"-*"):
        wanted = name_of(word[:-2])[0]
        name = (wanted, number + 1) if wanted == ms else (wanted, 0)
    else:
        name = name_of(word)
        if name == FIRST:
            raise CommandError("ERR The ID specified in XADD must be greater than 0-0")
    if name <= stream.last:
        raise CommandError(
            "ERR The ID specified in XADD is equal or smaller than the target stream top item"
        )
    return name


# ----------------------------------------------------------------------------------------- writing


@dataclass(frozen=True, slots=True)
class _Limit:
    """To what a stream is cut: what is too old, and whether to the entry."""

    is_too_old: Callable[[int, Id], bool]
    is_exact: bool


def _limit(kind: str, options: Options) -> _Limit:
    word = options.word()
    is_exact = word != b"~"
    if word in (b"~", b"="):
        word = options.word()
    if kind == "MINID":
        least = name_of(word)
        return _Limit(lambda _, name: name < least, is_exact)
    most = integer(word)
    if most < 0:
        raise CommandError("ERR The MAXLEN argument must be >= 0.")
    return _Limit(lambda size, _: size > most, is_exact)


def _xadd(store: Store, args: Arguments) -> Any:
    options, limit, is_made, word = Options(args[1:]), None, True, b""
    for option in options:
        if option == "NOMKSTREAM":
            is_made = False
        elif option in ("MAXLEN", "MINID"):
            limit = _limit(option, options)
        elif option == "LIMIT":
            options.number()
        else:
            word = option.encode("latin-1")
            break
    words = options.rest()
    if not words or len(words) % 2:
        raise CommandError("ERR wrong number of arguments for 'xadd' command")
    stream = stream_at(store, args[0])
    name = _new_name(store, stream, word)
    if not is_made and store.look(args[0]) is None:
        return None
    stream = store.need(args[0], Stream)
    stream.add(name, words)
    if limit is not None:
        stream.trim(limit.is_too_old, is_exact=limit.is_exact)
    store.touched(args[0])
    return text_of(name)


def _xtrim(store: Store, args: Arguments) -> Any:
    options = Options(args[1:])
    kind = next(options)
    if kind not in ("MAXLEN", "MINID"):
        raise CommandError(SYNTAX)
    limit = _limit(kind, options)
    for option in options:
        if option != "LIMIT":
            raise CommandError(SYNTAX)
        options.number()
    return _changed(
        store,
        args[0],
        stream_at(store, args[0]).trim(limit.is_too_old, is_exact=limit.is_exact),
    )


def _xdel(store: Store, args: Arguments) -> Any:
    stream = stream_at(store, args[0])
    if store.look(args[0]) is None:
        return 0
    names = [name_of(word) for word in args[1:]]
    return _changed(store, args[0], sum(stream.delete(name) for name in names))


def _changed(store: Store, key: bytes, count: int) -> int:
    if count:
        store.touched(key)
    return count


# ----------------------------------------------------------------------------------------- reading


def _range(*, is_reversed: bool) -> Run:
    def run(store: Store, args: Arguments) -> Any:
        key, first, last = (args[0], args[2], args[1]) if is_reversed else args[:3]
        begin, end = first_of(first), last_of(last)
        count = None
        options = Options(args[3:])
        for option in options:
            if option != "COUNT":
                raise CommandError(SYNTAX)
            count = max(options.number(), 0)
        if count == 0:
            return None
        stream = stream_at(store, key)
        names = stream.between(begin, end)
        if is_reversed:
            names.reverse()
        return entries_of(stream, names[:count])

    return run


@dataclass(slots=True)
class Reading:
    """What a command that reads streams asks for.

    Attributes:
        streams: The key of each, and from where.
        count: How many entries of each at most; None = all.
        block_ms: How long to wait; 0 = for ever, None = not at all.
        group: The group and the consumer who reads; empty for none.
        is_kept: Whether the group keeps what was delivered until it is acknowledged.
    """

    streams: list[tuple[bytes, bytes]]
    count: int | None = None
    block_ms: int | None = None
    group: tuple[bytes, bytes] = (b"", b"")
    is_kept: bool = True

    def wait(self, attempt: Callable[[], Any]) -> Wait:
        """Return the waiting for what an attempt brings."""
        return Wait(attempt, None if self.block_ms is None else self.block_ms / 1000)


def read_reading(args: Arguments, command: str) -> Reading:
    """Return what the arguments of ``XREAD`` or ``XREADGROUP`` ask for.

    Raises:
        CommandError: Something is wrong with them.
    """
    found, options = Reading([]), Options(args)
    for option in options:
        if option == "COUNT":
            found.count = options.number() or None
        elif option == "BLOCK":
            found.block_ms = options.number()
        elif option == "GROUP" and command == "xreadgroup":
            found.group = options.word(), options.word()
        elif option == "NOACK" and command == "xreadgroup":
            found.is_kept = False
        elif option == "STREAMS":
            words = options.rest()
            if not words or len(words) % 2:
                raise CommandError(_UNBALANCED)
            half = len(words) // 2
            found.streams = list(zip(words[:half], words[half:], strict=True))
        else:
            raise CommandError(SYNTAX)
    if not found.streams:
        raise CommandError(SYNTAX)
    if found.block_ms is not None and found.block_ms < 0:
        raise CommandError("ERR timeout is negative")
    return found


def _xread(store: Store, args: Arguments) -> Wait:
    asked = read_reading(args, "xread")
    begins = [
        (key, stream_at(store, key).last if word == b"$" else name_of(word))
        for key, word in asked.streams
    ]

    def attempt() -> Any:
        found = []
        for key, begin in begins:
            stream = stream_at(store, key)
            names = stream.between(after(begin), LAST)[: asked.count]
            if names:
                found.append((key, entries_of(stream, names)))
        return Keyed(found) if found else None

    return asked.wait(attempt)


COMMANDS: Final[Commands] = {
    "XADD": (_xadd, 4, MANY),
    "XTRIM": (_xtrim, 3, MANY),
    "XDEL": (_xdel, 2, MANY),
    "XLEN": (lambda store, args: len(stream_at(store, args[0]).entries), 1, 1),
    "XRANGE": (_range(is_reversed=False), 3, MANY),
    "XREVRANGE": (_range(is_reversed=True), 3, MANY),
}

BLOCKING: Final[Blocking] = {"XREAD": (_xread, 3, MANY)}
