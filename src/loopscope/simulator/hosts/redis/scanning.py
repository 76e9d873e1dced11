"""Walks through keys or members a few at a time, as ``SCAN`` and its kin do.

Redis promises that a walk meets everything that is there from its begin to its end, whatever
comes and goes meanwhile. So the place of a member is fixed by its hash, and a cursor is a place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from zlib import crc32

from loopscope.simulator.hosts.redis.store import CommandError, glob
from loopscope.simulator.hosts.redis.words import SYNTAX, Arguments, Options, integer

USUAL_COUNT: Final = 10
SMALL: Final = 128
"""Members of a collection up to which Redis keeps it as a list, and shows it all at once."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan asks for.

    Attributes:
        cursor: Where it goes on; 0 = at the begin.
        match: A pattern of what to show.
        count: About how many to look at.
        kind: The only type of keys to show, None = all.
        only_fields: Whether the fields of a hash are shown without their values.
    """

    cursor: int
    match: bytes
    count: int
    kind: str | None
    only_fields: bool


def read_scan(args: Arguments) -> Scan:
    """Return what the arguments of a scan ask for, from its cursor on.

    Raises:
        CommandError: Something is wrong with them.
    """
    if not args[0].isdigit():
        raise CommandError("ERR invalid cursor")
    match, count, kind, only_fields = b"*", USUAL_COUNT, None, False
    options = Options(args[1:])
    for name in options:
        if name == "MATCH":
            match = options.word()
        elif name == "COUNT":
            count = options.number()
        elif name == "TYPE":
            kind = options.word().decode("latin-1").lower()
        elif name == "NOVALUES":
            only_fields = True
        else:
            raise CommandError(SYNTAX)
    if count < 1:
        raise CommandError(SYNTAX)
    return Scan(integer(args[0]), match, count, kind, only_fields)


def scan(members: Iterable[bytes], asked: Scan) -> tuple[bytes, list[bytes]]:
    """Return the cursor for the next call, 0 at the end, and what is shown now."""
    left = sorted((place, one) for one in members if (place := _place(one)) >= asked.cursor)
    end = asked.count
    while end < len(left) and left[end][0] == left[end - 1][0]:
        end += 1
    cursor = left[end][0] if end < len(left) else 0
    pattern = glob(asked.match)
    return b"%d" % cursor, [one for _, one in left[:end] if pattern.fullmatch(one)]


def scan_members(members: Iterable[bytes], asked: Scan) -> tuple[bytes, list[bytes]]:
    """Return the same for the members of a collection; a small one is shown at once."""
    found = list(members)
    if len(found) > SMALL:
        return scan(found, asked)
    pattern = glob(asked.match)
    return b"0", [one for one in found if pattern.fullmatch(one)]


def _place(member: bytes) -> int:
    return crc32(member) + 1
