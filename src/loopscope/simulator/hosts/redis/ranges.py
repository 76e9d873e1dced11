"""Which members of a sorted set a command means: by rank, by score, by name."""

from dataclasses import dataclass, replace
from typing import Final

from loopscope.simulator.hosts.redis.store import CommandError, SortedSet
from loopscope.simulator.hosts.redis.strings import piece
from loopscope.simulator.hosts.redis.words import SYNTAX, Arguments, Options, integer, real

Scores = list[tuple[bytes, float]]


@dataclass(frozen=True, slots=True)
class Range:
    """What a command on a range asks for.

    Attributes:
        first: Where it begins, as it was written.
        last: Where it ends.
        by: ``RANK``, ``SCORE`` or ``LEX``.
        is_reversed: Whether from the highest to the lowest; ``first`` is the highest then.
        limit: How many to leave out, and how many to return (negative: all); None = all.
        with_scores: Whether the scores are wanted too.
    """

    first: bytes
    last: bytes
    by: str = "RANK"
    is_reversed: bool = False
    limit: tuple[int, int] | None = None
    with_scores: bool = False


_FLAGS: Final = {"BYSCORE": "SCORE", "BYLEX": "LEX"}


def read_range(args: Arguments, by: str = "RANK", *, is_reversed: bool = False) -> Range:
    """Return the range that the arguments after the key mean.

    Args:
        args: The begin, the end, and options.
        by: What the begin and the end are if the options do not say.
        is_reversed: Whether it is from the highest to the lowest if the options do not say.

    Raises:
        CommandError: Something is wrong with them.
    """
    found = Range(args[0], args[1], by, is_reversed)
    options = Options(args[2:])
    for name in options:
        if name in _FLAGS:
            found = replace(found, by=_FLAGS[name])
        elif name == "REV":
            found = replace(found, is_reversed=True)
        elif name == "WITHSCORES":
            found = replace(found, with_scores=True)
        elif name == "LIMIT":
            found = replace(found, limit=(options.number(), options.number()))
        else:
            raise CommandError(SYNTAX)
    if found.limit is not None and found.by == "RANK":
        raise CommandError(
            "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"
        )
    if found.with_scores and found.by == "LEX":
        raise CommandError("ERR syntax error, WITHSCORES not supported in combination with BYLEX")
    return found


def select(members: SortedSet, asked: Range) -> Scores:
    """Return the members that are in a range, with their scores, in the order asked for.

    Raises:
        CommandError: The begin or the end is written wrong.
    """
    if asked.by == "RANK":
        pairs = members.ordered()
        if asked.is_reversed:
            pairs.reverse()
        return pairs[piece(integer(asked.first), integer(asked.last), len(pairs))]
    low, high = asked.first, asked.last
    if asked.is_reversed:
        low, high = high, low
    pairs = (_by_score if asked.by == "SCORE" else _by_name)(members, low, high)
    if asked.is_reversed:
        pairs.reverse()
    if asked.limit is None:
        return pairs
    skipped, count = asked.limit
    if skipped < 0:
        return []
    return pairs[skipped:] if count < 0 else pairs[skipped : skipped + count]


def _by_score(members: SortedSet, low: bytes, high: bytes) -> Scores:
    """Return those whose score lies between two: ``-inf``, ``(1`` (not 1 itself), ``5``."""
    least, least_open = _score(low)
    most, most_open = _score(high)
    return [
        (member, score)
        for member, score in members.ordered()
        if (least < score or (least == score and not least_open))
        and (score < most or (score == most and not most_open))
    ]


def _score(word: bytes) -> tuple[float, bool]:
    try:
        return real(word.removeprefix(b"(")), word.startswith(b"(")
    except CommandError as error:
        raise CommandError("ERR min or max is not a float") from error


def _by_name(members: SortedSet, low: bytes, high: bytes) -> Scores:
    """Return those whose name lies between two: ``-`` and ``+`` (all), ``[a``, ``(a`` (not a)."""
    for word in (low, high):
        if word not in (b"-", b"+") and word[:1] not in (b"[", b"("):
            raise CommandError("ERR min or max not valid string range item")
    return [
        pair for pair in members.ordered() if _is_beyond(pair[0], low) and _is_before(pair[0], high)
    ]


def _is_beyond(name: bytes, word: bytes) -> bool:
    if word in (b"-", b"+"):
        return word == b"-"
    return name > word[1:] or (name == word[1:] and word.startswith(b"["))


def _is_before(name: bytes, word: bytes) -> bool:
    if word in (b"-", b"+"):
        return word == b"+"
    return name < word[1:] or (name == word[1:] and word.startswith(b"["))
