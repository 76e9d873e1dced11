"""What a stream of a simulated Redis keeps: its entries, and its groups of consumers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

Id = tuple[int, int]
"""The name of an entry: ms since 1970, and a number within that millisecond."""

FIRST: Final[Id] = (0, 0)
LAST: Final[Id] = ((1 << 64) - 1, (1 << 64) - 1)
IN_A_NODE: Final = 100
"""Entries that Redis keeps together; a stream cut about to a length loses only whole nodes."""


@dataclass(slots=True)
class Pending:
    """An entry that a consumer has got, and not acknowledged.

    Attributes:
        consumer: Its name.
        since_ms: When it got it, in ms since 1970.
        count: How often the entry was delivered.
    """

    consumer: bytes
    since_ms: int
    count: int = 1


@dataclass(slots=True)
class Group:
    """A group of consumers.

    Attributes:
        last: The last entry that was delivered to it.
        pending: What was delivered, and not acknowledged.
        consumers: When each was last seen, in ms since 1970.
    """

    last: Id
    pending: dict[Id, Pending] = field(default_factory=dict)
    consumers: dict[bytes, int] = field(default_factory=dict)

    def pending_in(self, first: Id, last: Id, consumer: bytes | None = None) -> list[Id]:
        """Return the entries between two that are pending, in order: of all, or of one consumer."""
        return sorted(
            name
            for name, one in self.pending.items()
            if first <= name <= last and consumer in (None, one.consumer)
        )


@dataclass(slots=True)
class Stream:
    """A stream.

    Attributes:
        entries: The fields and values of each entry, in the order of their names.
        last: The greatest name that was ever given.
        added: How many entries were ever added.
        deleted: The greatest name of an entry that was deleted.
        groups: Its groups.
    """

    entries: dict[Id, list[bytes]] = field(default_factory=dict)
    last: Id = FIRST
    added: int = 0
    deleted: Id = FIRST
    groups: dict[bytes, Group] = field(default_factory=dict)

    def add(self, name: Id, words: list[bytes]) -> None:
        """Add an entry under a name that is greater than all before."""
        self.entries[name] = words
        self.last = name
        self.added += 1

    def between(self, first: Id, last: Id) -> list[Id]:
        """Return the names of the entries from one to another, both included."""
        return [name for name in self.entries if first <= name <= last]

    def delete(self, name: Id) -> bool:
        """Delete an entry; returns whether it was there."""
        if self.entries.pop(name, None) is None:
            return False
        self.deleted = max(self.deleted, name)
        return True

    def trim(self, is_too_old: Callable[[int, Id], bool], *, is_exact: bool) -> int:
        """Delete entries from the begin; returns how many.

        Args:
            is_too_old: Whether an entry goes, by how many are left with it, and its name.
            is_exact: Whether all of them go, and not only whole nodes.
        """
        size = len(self.entries)
        old = 0
        for name in self.entries:
            if not is_too_old(size - old, name):
                break
            old += 1
        if not is_exact and old < size:
            old -= old % IN_A_NODE
        for name in list(self.entries)[:old]:
            del self.entries[name]
        return old


def text_of(name: Id) -> bytes:
    """Return the name of an entry as it is sent."""
    return b"%d-%d" % name
