"""How commands write the names of a stream's entries, and where a range of them begins and ends."""

from typing import Final

from loopscope.simulator.hosts.redis.store import CommandError
from loopscope.simulator.hosts.redis.stream import FIRST, LAST, Id

_WRONG_ID: Final = "ERR Invalid stream ID specified as stream command argument"


def name_of(word: bytes, number: int = 0) -> Id:
    """Return the entry that a word names.

    Args:
        word: ``1526919030474-55``, or only its first half.
        number: The second half, if it is not written.

    Raises:
        CommandError: It names none.
    """
    first, dash, second = word.partition(b"-")
    if not first.isdigit() or (dash and not second.isdigit()) or len(word) > 41:  # noqa: PLR2004 - two of 20 digits
        raise CommandError(_WRONG_ID)
    name = int(first), int(second) if dash else number
    if name > LAST or name[1] > LAST[1]:
        raise CommandError(_WRONG_ID)
    return name


def first_of(word: bytes) -> Id:
    """Return where a range begins: ``-``, a name, or ``(`` and the name before it."""
    if word in (b"-", b"+"):
        return FIRST if word == b"-" else LAST
    name = name_of(word.removeprefix(b"("))
    return after(name) if word.startswith(b"(") else name


def last_of(word: bytes) -> Id:
    """Return where a range ends: ``+``, a name, or ``(`` and the name after it."""
    if word in (b"-", b"+"):
        return FIRST if word == b"-" else LAST
    if not word.startswith(b"("):
        return name_of(word, LAST[1])
    ms, number = name_of(word[1:])
    return (ms, number - 1) if number else (max(ms - 1, 0), LAST[1] if ms else 0)


def after(name: Id) -> Id:
    """Return the first name after another."""
    return (name[0], name[1] + 1) if name[1] < LAST[1] else (name[0] + 1, 0)
