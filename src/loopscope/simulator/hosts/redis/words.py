"""The words of commands: numbers, options, and what a table of commands says of each."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from loopscope.simulator.hosts.redis.store import CommandError, Store

Arguments = list[bytes]
Run = Callable[[Store, Arguments], Any]
Commands = dict[str, tuple[Run, int, int]]
"""What each command does, and how many arguments it takes: at least, at most."""

MANY: Final = 1 << 30
SYNTAX: Final = "ERR syntax error"
NOT_A_NUMBER: Final = "ERR value is not an integer or out of range"
NO_KEYS: Final = "ERR numkeys should be greater than 0"
INT64: Final = 1 << 63
_LONGEST: Final = 20
_WHOLE: Final = re.compile(rb"0|-?[1-9][0-9]*")
_REAL: Final = re.compile(rb"[-+]?([0-9.]+(e[-+]?[0-9]+)?|inf(inity)?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wait:
    """What a blocking command asks for.

    Attributes:
        attempt: Takes it and returns the answer; returns None as long as it is not there.
        seconds: How long to wait; 0 = for ever, None = not at all.
    """

    attempt: Callable[[], Any]
    seconds: float | None


Blocking = dict[str, tuple[Callable[[Store, Arguments], Wait], int, int]]
"""What each blocking command waits for, and how many arguments it takes: at least, at most."""


def integer(data: bytes) -> int:
    """Return a whole number of 64 bits.

    Raises:
        CommandError: It is none.
    """
    number = int(data) if len(data) <= _LONGEST and _WHOLE.fullmatch(data) else INT64
    if not -INT64 <= number < INT64:
        raise CommandError(NOT_A_NUMBER)
    return number


def real(data: bytes) -> float:
    """Return a number.

    Raises:
        CommandError: It is none.
    """
    try:
        number = float(data) if _REAL.fullmatch(data) else math.nan
    except ValueError:
        number = math.nan
    if math.isnan(number):
        raise CommandError("ERR value is not a valid float")
    return number


def decimal_sum(one: bytes, other: bytes) -> bytes:
    """Return the sum of two numbers as Redis writes it, which counts with more than 64 bits.

    Raises:
        CommandError: One of them is no number, or the sum is none.
    """
    if math.isinf(real(one) + real(other)):
        raise CommandError("ERR increment would produce NaN or Infinity")
    total = f"{Decimal(one.decode()) + Decimal(other.decode()):.17f}".rstrip("0").rstrip(".")
    return b"0" if total == "-0" else total.encode()


def timeout(data: bytes) -> float:
    """Return how many seconds a command may block; 0 = for ever.

    Raises:
        CommandError: It is no such number.
    """
    try:
        seconds = real(data)
    except CommandError:
        seconds = math.inf
    if math.isinf(seconds):
        raise CommandError("ERR timeout is not a float or out of range")
    if seconds < 0:
        raise CommandError("ERR timeout is negative")
    return seconds


class Options(Iterator[str]):
    """The words after a command's fixed arguments, one after the other, in capitals.

    Args:
        words: The words.
    """

    def __init__(self, words: Arguments) -> None:
        self._rest = iter(words)

    def __next__(self) -> str:
        """Return the next word in capitals."""
        return next(self._rest).decode("latin-1").upper()

    def word(self) -> bytes:
        """Return the next word as it is, since the option before it needs one.

        Raises:
            CommandError: There is none.
        """
        found = next(self._rest, None)
        if found is None:
            raise CommandError(SYNTAX)
        return found

    def number(self) -> int:
        """Return the whole number that the option before it needs.

        Raises:
            CommandError: There is none.
        """
        return integer(self.word())

    def rest(self) -> Arguments:
        """Return all words that are left."""
        return list(self._rest)


def counted(args: Arguments, refusal: str, too_many: str = SYNTAX) -> tuple[Arguments, Arguments]:
    """Return the keys that follow their number, and the words after them.

    Args:
        args: The number, and what follows it.
        refusal: What to say if it is no number above 0.
        too_many: What to say if it is larger than what follows.

    Raises:
        CommandError: One of both.
    """
    count = int(args[0]) if args[0].isdigit() and len(args[0]) < _LONGEST else 0
    if count <= 0:
        raise CommandError(refusal)
    keys, words = args[1 : 1 + count], args[1 + count :]
    if len(keys) < count:
        raise CommandError(too_many)
    return keys, words
