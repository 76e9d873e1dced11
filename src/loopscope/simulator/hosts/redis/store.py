"""What a simulated Redis keeps: keys with their values, when they expire, who watches them."""

import re
from collections import deque
from random import Random
from typing import Any, Final, TypeVar

from loopscope.simulator.hosts.redis.stream import Stream
from loopscope.simulator.world import World

T = TypeVar("T")

DATABASES: Final = 16
_NS_PER_MS: Final = 1_000_000

WRONG_TYPE: Final = "WRONGTYPE Operation against a key holding the wrong kind of value"


class CommandError(Exception):
    """A command fails; the argument is what Redis says."""


class SortedSet(dict[bytes, float]):
    """Members with their scores."""

    def ordered(self) -> list[tuple[bytes, float]]:
        """Return (member, score) by score; equal scores by name."""
        return sorted(self.items(), key=lambda pair: (pair[1], pair[0]))


Value = bytes | dict[bytes, bytes] | deque[bytes] | set[bytes] | SortedSet | Stream

TYPE_NAMES: Final[dict[type, str]] = {
    bytes: "string",
    dict: "hash",
    deque: "list",
    set: "set",
    SortedSet: "zset",
    Stream: "stream",
}


class Store:
    """One database.

    Args:
        world: Whose clock keys expire by.
        random: Chooses what Redis leaves to chance.
    """

    def __init__(self, world: World, random: Random) -> None:
        self._world = world
        self.random = random
        self._values: dict[bytes, Value] = {}
        self._expires: dict[bytes, int] = {}
        self._versions: dict[bytes, int] = {}

    def now_ms(self) -> int:
        """Return the milliseconds since 1970 in the world."""
        return (self._world.epoch_ns + self._world.now_ns) // _NS_PER_MS

    def get(self, key: bytes, kind: type[T]) -> T | None:
        """Return the value of a key; None if there is none.

        Raises:
            CommandError: It is of another kind.
        """
        value = self.look(key)
        if value is not None and type(value) is not kind:
            raise CommandError(WRONG_TYPE)
        return value

    def need(self, key: bytes, kind: type[T]) -> T:
        """Return the value of a key, made empty if there is none; call ``touched`` afterwards."""
        value = self.get(key, kind)
        if value is None:
            value = kind()
            self._values[key] = value  # type: ignore[assignment]
        return value

    def look(self, key: bytes) -> Any:
        """Return the value of a key, of whatever kind; None if there is none."""
        expires_ms = self._expires.get(key)
        if expires_ms is not None and expires_ms <= self.now_ms():
            self.remove(key)
        return self._values.get(key)

    def put(self, key: bytes, value: Value, *, keeps_expiry: bool = False) -> None:
        """Give a key a value; it never expires then, unless it keeps its expiry."""
        self._values[key] = value
        if not keeps_expiry:
            self._expires.pop(key, None)
        self._versions[key] = self._versions.get(key, 0) + 1

    def touched(self, key: bytes) -> None:
        """The value of a key was changed in place; one that became empty goes away."""
        self._versions[key] = self._versions.get(key, 0) + 1
        if not self._values.get(key):
            self._values.pop(key, None)
            self._expires.pop(key, None)

    def remove(self, key: bytes) -> bool:
        """Take a key away; returns whether it was there."""
        self._expires.pop(key, None)
        if self._values.pop(key, None) is None:
            return False
        self._versions[key] = self._versions.get(key, 0) + 1
        return True

    def version(self, key: bytes) -> int:
        """Return a number that changes whenever a key changes, for ``WATCH``."""
        self.look(key)
        return self._versions.get(key, 0)

    def live_keys(self) -> list[bytes]:
        """Return all keys in the order in which they were made."""
        return [key for key in list(self._values) if self.look(key) is not None]

    def clear(self) -> None:
        """Take all keys away."""
        for key in self.live_keys():
            self.remove(key)

    def expire(self, key: bytes, at_ms: int) -> None:
        """Let a key expire at a time since 1970."""
        self._expires[key] = at_ms
        self._versions[key] = self._versions.get(key, 0) + 1

    def expires_at(self, key: bytes) -> int | None:
        """Return when a key expires, in ms since 1970; None if never."""
        return self._expires.get(key)

    def persist(self, key: bytes) -> bool:
        """Let a key never expire; returns whether it would have."""
        return self._expires.pop(key, None) is not None


def glob(pattern: bytes) -> re.Pattern[bytes]:
    """Return a pattern of Redis (``*``, ``?``, ``[abc]``) as an expression."""
    parts = []
    at = 0
    while at < len(pattern):
        char = pattern[at : at + 1]
        end = pattern.find(b"]", at + 1) if char == b"[" else -1
        if char in b"*?":
            parts.append(b".*" if char == b"*" else b".")
        elif end > at + 1:
            inner = pattern[at + 1 : end].replace(b"\\", b"\\\\").replace(b"[", b"\\[")
            parts.append(b"[" + inner + b"]")
            at = end
        else:
            parts.append(re.escape(char))
        at += 1
    try:
        return re.compile(b"".join(parts), re.DOTALL)
    except re.error:
        return re.compile(re.escape(pattern))
