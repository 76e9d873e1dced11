"""Commands on groups of consumers: who has got which entries of a stream, and is done with them."""

from typing import Any, Final

from loopscope.simulator.hosts.redis.protocol import OK, Keyed
from loopscope.simulator.hosts.redis.store import CommandError, Store
from loopscope.simulator.hosts.redis.stream import FIRST, LAST, Group, Id, Pending, Stream, text_of
from loopscope.simulator.hosts.redis.stream_names import after, first_of, last_of, name_of
from loopscope.simulator.hosts.redis.streams import (
    Reading,
    entries_of,
    read_reading,
    stream_at,
)
from loopscope.simulator.hosts.redis.words import (
    MANY,
    SYNTAX,
    Arguments,
    Blocking,
    Commands,
    Options,
    Wait,
    integer,
)

_NO_KEY: Final = (
    "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use "
    "the MKSTREAM option to create an empty stream automatically."
)
_NO_GROUP: Final = "NOGROUP No such consumer group '{}' for key name '{}'"
_NO_KEY_OR_GROUP: Final = "NOGROUP No such key '{}' or consumer group '{}'"
_XGROUP: Final = (b"CREATE", b"SETID", b"DESTROY", b"CREATECONSUMER", b"DELCONSUMER")


def group_of(stream: Stream, key: bytes, name: bytes) -> Group:
    """Return a group of a stream.

    Raises:
        CommandError: There is none of that name.
    """
    group = stream.groups.get(name)
    if group is None:
        shown = name.decode("latin-1"), key.decode("latin-1")
        raise CommandError(_NO_GROUP.format(*shown))
    return group


def need_group(store: Store, key: bytes, name: bytes, where: str = "") -> Group:
    """Return a group of the stream of a key.

    Args:
        store: The database.
        key: The key.
        name: The name of the group.
        where: What a message says behind that it is missing.

    Raises:
        CommandError: It is missing, or the stream is.
    """
    group = stream_at(store, key).groups.get(name)
    if group is None:
        shown = key.decode("latin-1"), name.decode("latin-1")
        raise CommandError(_NO_KEY_OR_GROUP.format(*shown) + where)
    return group


# --------------------------------------------------------------------------------- making a group


def _xgroup(store: Store, args: Arguments) -> Any:
    word, key, name, *rest = args
    word = word.upper()
    if word not in _XGROUP or (word != b"DESTROY" and not rest):
        shown = word.decode("latin-1")[:128]
        raise CommandError(f"ERR unknown subcommand '{shown}'. Try XGROUP HELP.")
    if word == b"CREATE":
        return _create(store, key, [name, *rest])
    stream = store.get(key, Stream)
    if stream is None:
        raise CommandError(_NO_KEY)
    if word == b"DESTROY":
        return int(stream.groups.pop(name, None) is not None)
    group = group_of(stream, key, name)
    if word == b"SETID":
        group.last = stream.last if rest[0] == b"$" else name_of(rest[0])
        return OK
    if word == b"DELCONSUMER":
        return _delete_consumer(group, rest[0])
    is_new = rest[0] not in group.consumers
    group.consumers.setdefault(rest[0], store.now_ms())
    return int(is_new)


def _create(store: Store, key: bytes, words: Arguments) -> Any:
    stream = store.get(key, Stream)
    options = Options(words[2:])
    is_made = False
    for option in options:
        if option == "ENTRIESREAD":
            options.number()
        elif option == "MKSTREAM":
            is_made = True
        else:
            raise CommandError(SYNTAX)
    if stream is None and not is_made:
        raise CommandError(_NO_KEY)
    last = stream_at(store, key).last if words[1] == b"$" else name_of(words[1])
    groups = store.need(key, Stream).groups
    if words[0] in groups:
        raise CommandError("BUSYGROUP Consumer Group name already exists")
    groups[words[0]] = Group(last)
    store.touched(key)
    return OK


def _delete_consumer(group: Group, consumer: bytes) -> int:
    names = group.pending_in(FIRST, LAST, consumer)
    for name in names:
        del group.pending[name]
    group.consumers.pop(consumer, None)
    return len(names)


# ----------------------------------------------------------------------------------------- reading


def _xreadgroup(store: Store, args: Arguments) -> Wait:
    asked = read_reading(args, "xreadgroup")
    if not any(asked.group):
        raise CommandError("ERR Missing GROUP option for XREADGROUP")
    begins = [(key, None if word == b">" else name_of(word)) for key, word in asked.streams]

    def attempt() -> Any:
        found = []
        for key, begin in begins:
            group = need_group(store, key, asked.group[0], " in XREADGROUP with GROUP option")
            group.consumers[asked.group[1]] = store.now_ms()
            stream = stream_at(store, key)
            if begin is None:
                names = _deliver(store, stream, group, asked)
            else:
                names = group.pending_in(after(begin), LAST, asked.group[1])[: asked.count]
            if names or begin is not None:
                found.append((key, entries_of(stream, names)))
        return Keyed(found) if found else None

    return asked.wait(attempt)


def _deliver(store: Store, stream: Stream, group: Group, asked: Reading) -> list[Id]:
    """Return the next entries that nobody of a group has got, which are delivered now."""
    names = stream.between(after(group.last), LAST)[: asked.count]
    if names:
        group.last = names[-1]
    if asked.is_kept:
        for name in names:
            group.pending[name] = Pending(asked.group[1], store.now_ms())
    return names


def _xack(store: Store, args: Arguments) -> Any:
    group = stream_at(store, args[0]).groups.get(args[1])
    if group is None:
        return 0
    names = [name_of(word) for word in args[2:]]
    return sum(group.pending.pop(name, None) is not None for name in names)


def _xpending(store: Store, args: Arguments) -> Any:
    group = need_group(store, args[0], args[1])
    if len(args) > 2:  # noqa: PLR2004 - beside the key and the group: a range
        return _xpending_range(store, group, args[2:])
    names = group.pending_in(FIRST, LAST)
    if not names:
        return [0, None, None, None]
    consumers = sorted({one.consumer for one in group.pending.values()})
    counts = [
        [consumer, b"%d" % len(group.pending_in(FIRST, LAST, consumer))] for consumer in consumers
    ]
    return [len(names), text_of(names[0]), text_of(names[-1]), counts]


def _xpending_range(store: Store, group: Group, words: Arguments) -> Any:
    least_ms = 0
    if words[0].upper() == b"IDLE" and len(words) > 1:
        least_ms, words = integer(words[1]), words[2:]
    if len(words) not in (3, 4):
        raise CommandError(SYNTAX)
    first, last, count = first_of(words[0]), last_of(words[1]), max(integer(words[2]), 0)
    consumer = words[3] if len(words) > 3 else None  # noqa: PLR2004 - behind begin, end and count
    now_ms = store.now_ms()
    found = [(name, group.pending[name]) for name in group.pending_in(first, last, consumer)]
    return [
        [text_of(name), one.consumer, now_ms - one.since_ms, one.count]
        for name, one in found
        if now_ms - one.since_ms >= least_ms
    ][:count]


COMMANDS: Final[Commands] = {
    "XGROUP": (_xgroup, 3, MANY),
    "XACK": (_xack, 3, MANY),
    "XPENDING": (_xpending, 2, MANY),
}

BLOCKING: Final[Blocking] = {"XREADGROUP": (_xreadgroup, 6, MANY)}
