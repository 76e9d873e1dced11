"""Commands that let entries of a stream change hands, from a consumer that is gone to another."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from loopscope.simulator.hosts.redis.groups import need_group
from loopscope.simulator.hosts.redis.store import CommandError, Store
from loopscope.simulator.hosts.redis.stream import FIRST, LAST, Group, Id, Pending, Stream, text_of
from loopscope.simulator.hosts.redis.stream_names import first_of, name_of
from loopscope.simulator.hosts.redis.streams import entries_of, stream_at
from loopscope.simulator.hosts.redis.words import (
    MANY,
    SYNTAX,
    Arguments,
    Commands,
    Options,
    integer,
)

_ATTEMPTS: Final = 10
"""How many pending entries Redis looks at for each that it may claim by itself."""


@dataclass(slots=True)
class _Claim:
    """How entries change hands: who gets them, with what notes.

    Attributes:
        consumer: Who gets them.
        least_ms: How long an entry must have been with its consumer.
        since_ms: When it is noted to have been delivered, in ms since 1970; None = now.
        count: How often it is noted to have been delivered; None = once more.
        is_forced: Whether it need not have been delivered to anybody.
        only_names: Whether the entries themselves are not wanted.
    """

    consumer: bytes
    least_ms: int
    since_ms: int | None = None
    count: int | None = None
    is_forced: bool = False
    only_names: bool = False


def _claim(store: Store, stream: Stream, group: Group, names: Iterable[Id], how: _Claim) -> Any:
    """Return the entries that change hands, and the names of those that are no longer there."""
    now_ms = store.now_ms()
    group.consumers[how.consumer] = now_ms
    claimed, gone = [], []
    for name in names:
        one = group.pending.get(name)
        if one is None and how.is_forced and name in stream.entries:
            one = group.pending[name] = Pending(how.consumer, 0, 0)
        if one is None or now_ms - one.since_ms < how.least_ms:
            continue
        if name not in stream.entries:
            del group.pending[name]
            gone.append(text_of(name))
            continue
        one.consumer = how.consumer
        one.since_ms = now_ms if how.since_ms is None else how.since_ms
        if how.count is not None:
            one.count = how.count
        elif not how.only_names:
            one.count += 1
        claimed.append(name)
    if how.only_names:
        return [text_of(name) for name in claimed], gone
    return entries_of(stream, claimed), gone


def _xclaim(store: Store, args: Arguments) -> Any:
    group = need_group(store, args[0], args[1])
    how = _Claim(args[2], max(integer(args[3]), 0))
    options, names = Options(args[4:]), []
    for option in options:
        if option == "IDLE":
            how.since_ms = store.now_ms() - options.number()
        elif option == "TIME":
            how.since_ms = options.number()
        elif option == "RETRYCOUNT":
            how.count = options.number()
        elif option == "FORCE":
            how.is_forced = True
        elif option == "JUSTID":
            how.only_names = True
        elif option == "LASTID":
            group.last = max(group.last, name_of(options.word()))
        else:
            names.append(name_of(option.encode("latin-1")))
    return _claim(store, stream_at(store, args[0]), group, names, how)[0]


def _xautoclaim(store: Store, args: Arguments) -> Any:
    group = need_group(store, args[0], args[1])
    how, count = _Claim(args[2], max(integer(args[3]), 0)), 100
    options = Options(args[5:])
    for option in options:
        if option == "COUNT":
            count = options.number()
        elif option == "JUSTID":
            how.only_names = True
        else:
            raise CommandError(SYNTAX)
    if count < 1:
        raise CommandError("ERR COUNT must be > 0")
    now_ms = store.now_ms()
    every = group.pending_in(first_of(args[4]), LAST)
    looked = every[: count * _ATTEMPTS]
    fit = [name for name in looked if now_ms - group.pending[name].since_ms >= how.least_ms]
    taken = fit[:count]
    rest = every[every.index(taken[-1]) + 1 :] if len(taken) == count else every[len(looked) :]
    entries, gone = _claim(store, stream_at(store, args[0]), group, taken, how)
    return [text_of(rest[0] if rest else FIRST), entries, gone]


COMMANDS: Final[Commands] = {
    "XCLAIM": (_xclaim, 5, MANY),
    "XAUTOCLAIM": (_xautoclaim, 5, MANY),
}
