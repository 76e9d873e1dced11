"""Compares what a learner's program came to with what the key came to in the same world."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from loopscope.learn.lessons.model import Reason, Trial
from loopscope.learn.trials.attempt import Attempt
from loopscope.model.units import format_ns

SHOWN: Final = 300
"""How many characters of a value a message shows."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a program does not pass, with what was seen.

    Attributes:
        reason: The kind of it.
        trial: The trial it fell short in.
        seed: The world it fell short in.
        seen: What was seen there, in a sentence with numbers.
    """

    reason: Reason
    trial: str
    seed: int
    seen: str


def refusal(trial: Trial, seed: int, own: Attempt, key: Attempt) -> Refusal | None:
    """Return the first reason why a program is refused, None for none.

    Args:
        trial: The bounds.
        seed: The world both ran in.
        own: What the learner's program came to.
        key: What the key came to.
    """
    for reason, look in _LOOKS:
        for seen in look(trial, own, key):
            return Refusal(reason, trial.name, seed, seen)
    return None


Look = Callable[[Trial, Attempt, Attempt], Iterator[str]]


def _crashed(trial: Trial, own: Attempt, key: Attempt) -> Iterator[str]:  # noqa: ARG001
    if own.error == key.error:
        return
    at = f" at {own.raised_at}" if own.raised_at else ""
    if not key.error:
        yield f"It raised {own.told}{at}."
    elif not own.error:
        yield f"{key.error} should come out of it, and it returned {_shown(own.result)}."
    else:
        yield f"It raised {own.told}{at}, and {key.error} should come out of it."


def _stuck(trial: Trial, own: Attempt, key: Attempt) -> Iterator[str]:  # noqa: ARG001
    if own.stuck:
        yield own.stuck


def _lost(trial: Trial, own: Attempt, key: Attempt) -> Iterator[str]:  # noqa: ARG001
    if own.lost:
        yield f"Something got lost: {own.lost[0]}."


def _blocked(trial: Trial, own: Attempt, key: Attempt) -> Iterator[str]:
    if trial.blocked_ns is not None and own.blocked_ns > trial.blocked_ns:
        yield (
            f"Its steps held the loop for {format_ns(own.blocked_ns)} of "
            f"{format_ns(own.duration_ns)}; the key's for {format_ns(key.blocked_ns)}."
        )


def _too_slow(trial: Trial, own: Attempt, key: Attempt) -> Iterator[str]:
    if own.duration_ns > trial.most_ns:
        yield (
            f"It took {format_ns(own.duration_ns)}, and may take {format_ns(trial.most_ns)}; the "
            f"key takes {format_ns(key.duration_ns)}."
        )


def _too_quick(trial: Trial, own: Attempt, key: Attempt) -> Iterator[str]:
    if own.duration_ns < trial.least_ns:
        yield (
            f"It took {format_ns(own.duration_ns)}. The work alone takes "
            f"{format_ns(key.duration_ns)}, so it cannot have done it."
        )


def _other_result(trial: Trial, own: Attempt, key: Attempt) -> Iterator[str]:  # noqa: ARG001
    if not _are_same(own.result, key.result):
        yield f"It returned {_shown(own.result)} where {_shown(key.result)} was right."


def _other_output(trial: Trial, own: Attempt, key: Attempt) -> Iterator[str]:
    if trial.call or own.printed == key.printed:
        return
    pairs = zip(own.printed, key.printed, strict=False)
    for number, (said, right) in enumerate(pairs, 1):
        if said != right:
            yield f"Line {number} of what it prints is {_shown(said)}, not {_shown(right)}."
            return
    yield f"It prints {len(own.printed)} lines, not {len(key.printed)}."


def _otherwise(trial: Trial, own: Attempt, key: Attempt) -> Iterator[str]:
    for name in trial.also:
        said, right = own.also.get(name), key.also.get(name)
        if not _are_same(said, right):
            yield f"{name}: {_shown(said)}, and with the key {_shown(right)}."


# A program that blocks is also too slow: what comes first here is nearer to the cause.
_LOOKS: Final[tuple[tuple[Reason, Look], ...]] = (
    (Reason.CRASHED, _crashed),
    (Reason.STUCK, _stuck),
    (Reason.LOST, _lost),
    (Reason.BLOCKED, _blocked),
    (Reason.TOO_SLOW, _too_slow),
    (Reason.TOO_QUICK, _too_quick),
    (Reason.OTHER_RESULT, _other_result),
    (Reason.OTHER_OUTPUT, _other_output),
    (Reason.OTHERWISE, _otherwise),
)


def _are_same(one: object, other: object) -> bool:
    """Whether two values are equal, whatever the learner's class says of itself."""
    try:
        return type(one).__name__ == type(other).__name__ and bool(one == other)
    except Exception:  # noqa: BLE001  (a value that cannot be compared is not the right one)
        return False


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001  (told by its type instead)
        text = f"a {type(value).__name__}"
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
