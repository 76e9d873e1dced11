"""Questions about moments of a run: what the loop does next, who is ready, what a task does."""

from collections.abc import Iterator
from string import ascii_lowercase
from typing import Final

from loopscope.errors import LessonError
from loopscope.learn.facts.loop_facts import NEXT_IS_TO_WAIT, task_names
from loopscope.learn.facts.moves import Idle, Move, Run, moves
from loopscope.learn.facts.studied import Studied
from loopscope.learn.questions.question import Wrong
from loopscope.learn.quiz.posed import Draft
from loopscope.model.kinds import WakeKind
from loopscope.model.units import format_ns

MOST_MOVES: Final = 3
MARGIN_NS: Final = 2_000_000
"""A moment this far from any change is the same in a real run, too."""


def about_next(studied: Studied) -> Iterator[Draft]:
    """Ask what the loop does next, at moves spread over the run."""
    made = moves(studied)
    try:
        options = (*task_names(studied), NEXT_IS_TO_WAIT)
    except LessonError:  # too many tasks to choose from
        return
    numbers = [n for n in range(1, len(made)) if isinstance(made[n - 1], Run)]
    step = max(len(numbers) // MOST_MOVES, 1)
    for number in numbers[::step][:MOST_MOVES]:
        yield Draft(
            f"You are the loop. {_situation(made[number - 1])} What do you do next?",
            "next-move",
            {"after": number},
            _why(studied, made[number]),
            tuple(_wrong_moves(made[number - 1], made[number], options)),
        )


def about_states(studied: Studied) -> Iterator[Draft]:
    """Ask what a task is doing, and who is ready, in the middle of the longest wait."""
    waiting = [one for one in moves(studied) if isinstance(one, Run) and one.awaited is not None]
    longest = max(waiting, key=lambda one: one.until_ns - one.end_ns, default=None)
    if longest is None or longest.until_ns - longest.end_ns < 2 * MARGIN_NS:
        return
    at = (longest.end_ns + longest.until_ns) // 2
    shown, text = format_ns(at), f"{at}ns"
    assert longest.awaited is not None  # noqa: S101  (chosen so)
    yield Draft(
        f"What is {longest.name} doing {shown} after the start?",
        "state",
        {"task": longest.name, "at": text},
        f"At line {longest.awaited.where.line} it waits for {longest.awaited.phrase}, from "
        f"{format_ns(longest.end_ns)} to {format_ns(longest.until_ns)}.",
        (Wrong((ascii_lowercase[1],), "loop-is-fair", "A task that waits does not run."),),
    )
    yield Draft(
        f"Which tasks are ready {shown} after the start: they could run, but the loop is busy?",
        "ready-at",
        {"at": text},
        "Ready is who was woken and has not had its turn. Who waits is not ready.",
    )


def _situation(move: Move) -> str:
    if isinstance(move, Idle):
        return f"You have waited until {format_ns(move.end_ns)}."
    at = format_ns(move.end_ns)
    if move.awaited is None:
        return f"At {at} {move.name} is over."
    line = move.awaited.where.line
    return f"At {at} {move.name} begins to wait for {move.awaited.phrase} (line {line})."


def _why(studied: Studied, move: Move) -> str:
    if isinstance(move, Idle):
        until = format_ns(move.end_ns)
        return f"Nobody is ready. The next thing to happen is due at {until}; the loop waits."
    cause = studied.causes.of(move.index)
    if cause.name:
        return f"{cause.name} made {move.name} ready, and it stands first in the queue."
    if cause.kind is WakeKind.TIMER:
        return f"The timer of {move.name} is due, and it stands first in the queue."
    if cause.kind is WakeKind.IO:
        return f"There is something to read for {move.name}, and it stands first in the queue."
    if cause.kind is WakeKind.THREAD:
        return f"A worker thread has reported to {move.name}, and it stands first in the queue."
    return f"{move.name} stands first in the queue."


def _wrong_moves(before: Move, after: Move, options: tuple[str, ...]) -> Iterator[Wrong]:
    if isinstance(before, Run) and before.name in options and before.awaited is not None:
        letter = ascii_lowercase[options.index(before.name)]
        yield Wrong((letter,), "await-always-yields", f"{before.name} has just begun to wait.")
    if isinstance(after, Run):
        letter = ascii_lowercase[options.index(NEXT_IS_TO_WAIT)]
        says = f"{after.name} is ready: the loop never waits while somebody is."
        yield Wrong((letter,), "waiting-is-free", says)
