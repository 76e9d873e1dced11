"""What ``XINFO`` tells of a stream, its groups and their consumers."""

from typing import Any, Final

from loopscope.simulator.hosts.redis.groups import group_of
from loopscope.simulator.hosts.redis.store import CommandError, Store
from loopscope.simulator.hosts.redis.stream import (
    FIRST,
    IN_A_NODE,
    LAST,
    Group,
    Stream,
    text_of,
)
from loopscope.simulator.hosts.redis.stream_names import after
from loopscope.simulator.hosts.redis.streams import entries_of
from loopscope.simulator.hosts.redis.words import MANY, Arguments, Commands


def _xinfo(store: Store, args: Arguments) -> Any:
    word, key = args[0].upper(), args[1]
    stream = store.get(key, Stream)
    if stream is None:
        raise CommandError("ERR no such key")
    if word == b"STREAM":
        return _of_stream(stream)
    if word == b"GROUPS":
        return [_of_group(stream, name, stream.groups[name]) for name in sorted(stream.groups)]
    if word != b"CONSUMERS" or len(args) != 3:  # noqa: PLR2004 - the word, the key and the group
        shown = args[0].decode("latin-1")[:128]
        raise CommandError(f"ERR unknown subcommand '{shown}'. Try XINFO HELP.")
    group = group_of(stream, key, args[2])
    return [
        {
            b"name": name,
            b"pending": len(group.pending_in(FIRST, LAST, name)),
            b"idle": store.now_ms() - group.consumers[name],
        }
        for name in sorted(group.consumers)
    ]


def _of_stream(stream: Stream) -> dict[bytes, Any]:
    names = list(stream.entries)
    nodes = -(-len(names) // IN_A_NODE)
    ends = entries_of(stream, [names[0], names[-1]]) if names else [None, None]
    return {
        b"length": len(names),
        b"radix-tree-keys": nodes,
        b"radix-tree-nodes": nodes + 1,
        b"last-generated-id": text_of(stream.last),
        b"max-deleted-entry-id": text_of(stream.deleted),
        b"entries-added": stream.added,
        b"recorded-first-entry-id": text_of(names[0] if names else FIRST),
        b"groups": len(stream.groups),
        b"first-entry": ends[0],
        b"last-entry": ends[1],
    }


def _of_group(stream: Stream, name: bytes, group: Group) -> dict[bytes, Any]:
    lag = len(stream.between(after(group.last), LAST))
    return {
        b"name": name,
        b"consumers": len(group.consumers),
        b"pending": len(group.pending),
        b"last-delivered-id": text_of(group.last),
        b"entries-read": stream.added - lag,
        b"lag": lag,
    }


COMMANDS: Final[Commands] = {"XINFO": (_xinfo, 2, MANY)}
