"""Questions about moments of a run: what the loop does next, who is ready, what a task does."""

from collections.abc import Iterator
from string import ascii_lowercase
from typing import Final

import numpy as np

from loopscope.errors import LessonError
from loopscope.learn.facts.loop_facts import NEXT_IS_TO_WAIT, task_names
from loopscope.learn.facts.moves import Idle, Move, Run, moves
from loopscope.learn.facts.studied import Studied
from loopscope.learn.questions.question import Wrong
from loopscope.learn.quiz.posed import Draft
from loopscope.learn.quiz.sure import steadiest, sure_moves
from loopscope.model.kinds import WakeKind
from loopscope.model.units import format_ns

MOST_MOVES: Final = 3


def about_next(studied: Studied) -> Iterator[Draft]:
    """Ask what the loop does next, at moves spread over the run."""
    try:
        options = (*task_names(studied), NEXT_IS_TO_WAIT)
    except LessonError:  # too many tasks to choose from
        return
    sure = list(sure_moves(studied))
    step = max(len(sure) // MOST_MOVES, 1)
    for move, run, following in sure[::step][:MOST_MOVES]:
        yield Draft(
            f"You are the loop. {_situation(move)} What do you do next?",
            "next-move",
            {"task": move.name, "run": run},
            _why(studied, following),
            tuple(_wrong_moves(move, following, options)),
        )


def about_states(studied: Studied) -> Iterator[Draft]:
    """Ask what a task is doing in the longest wait, and who is ready while the loop is held.

    Where anything was measured, a moment of one run is not the same moment of another.
    """
    longest = _longest_wait(studied) if studied.is_exact else None
    if longest is None:
        return
    held = _held_at(studied)
    at = steadiest(studied, longest.end_ns, longest.until_ns)
    if at is not None:
        yield _state_draft(longest, at)
    if held is not None or at is not None:
        yield _ready_draft(at if held is None else held)  # type: ignore[arg-type]


def _longest_wait(studied: Studied) -> Run | None:
    waiting = [one for one in moves(studied) if isinstance(one, Run) and one.awaited is not None]
    return max(waiting, key=lambda one: one.until_ns - one.end_ns, default=None)


def _held_at(studied: Studied) -> int | None:
    """Return a moment in the longest step of all that is a stall, None if there is none."""
    trace = studied.summary.trace
    indexes = [index for stall in studied.summary.stalls for index in stall.step_indexes]
    if not indexes:
        return None
    lengths = trace.steps.end[indexes] - trace.steps.begin[indexes]
    longest = indexes[int(np.argmax(lengths))]
    begin = int(trace.steps.begin[longest]) - trace.begin_ns
    return steadiest(studied, begin, int(trace.steps.end[longest]) - trace.begin_ns)


def _state_draft(longest: Run, at: int) -> Draft:
    assert longest.awaited is not None  # noqa: S101  (chosen so)
    return Draft(
        f"What is {longest.name} doing {format_ns(at)} after the start?",
        "state",
        {"task": longest.name, "at": f"{at}ns"},
        f"At line {longest.awaited.where.line} it waits for {longest.awaited.phrase}, from "
        f"{format_ns(longest.end_ns)} to {format_ns(longest.until_ns)}.",
        (Wrong((ascii_lowercase[1],), "loop-is-fair", "A task that waits does not run."),),
    )


def _ready_draft(at: int) -> Draft:
    return Draft(
        f"Which tasks are ready {format_ns(at)} after the start: they could run, but the loop is "
        "busy?",
        "ready-at",
        {"at": f"{at}ns"},
        "Ready is who was woken, or whose timer is due, and has not had its turn. Who waits is "
        "not ready.",
    )


def _situation(move: Run) -> str:
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


def _wrong_moves(before: Run, after: Move, options: tuple[str, ...]) -> Iterator[Wrong]:
    if before.name in options and before.awaited is not None:
        letter = ascii_lowercase[options.index(before.name)]
        yield Wrong((letter,), "waiting-is-free", f"{before.name} has just begun to wait.")
    if isinstance(after, Run):
        letter = ascii_lowercase[options.index(NEXT_IS_TO_WAIT)]
        says = f"{after.name} is ready: the loop never waits while somebody is."
        yield Wrong((letter,), "await-stops-all", says)
