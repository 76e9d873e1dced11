"""Facts about one moment of the loop: what it does next, who is ready, what a task is doing."""

from string import ascii_lowercase
from typing import Final

from loopscope.analysis.moment import moment_at
from loopscope.analysis.moment_parts import Moment
from loopscope.learn.facts.fact import Arguments, Fact, count, no_such, text
from loopscope.learn.facts.moves import Move, Run, moves
from loopscope.learn.facts.studied import Studied
from loopscope.learn.questions.shapes import MOST_OPTIONS, Choice, Several
from loopscope.simulator.durations import parse_duration

NEXT_IS_TO_WAIT: Final = "nothing is ready: it waits"
STATES: Final = ("not made yet", "running", "ready", "waiting", "over")


def next_move(studied: Studied, arguments: Arguments) -> Fact:
    """What the loop does when ``task`` has run for the ``run``-th time: runs which task, or waits.

    Told by task and run, since the count of all moves is another one in each real run.
    """
    name, run = text(arguments, "task"), count(arguments, "run")
    made = moves(studied)
    own = [at for at, move in enumerate(made) if isinstance(move, Run) and move.name == name]
    if len(own) < run:
        raise no_such(f"{name} runs {len(own)} times.")
    after = own[run - 1] + 1
    if after == len(made):
        raise no_such(f"nothing comes after {name} has run for the last time.")
    options = (*task_names(studied), NEXT_IS_TO_WAIT)
    return Fact(Choice(options), (ascii_lowercase[options.index(_done(made[after]))],))


def ready_at(studied: Studied, arguments: Arguments) -> Fact:
    """Which tasks are ready at a time ``at``: they could run, and another one does."""
    names = task_names(studied)
    ready = {one.name for loop in _moment(studied, arguments).loops for one in loop.ready}
    letters = (ascii_lowercase[number] for number, name in enumerate(names) if name in ready)
    return Fact(Several(names), tuple(letters))


def state(studied: Studied, arguments: Arguments) -> Fact:
    """What the task called ``task`` is doing at a time ``at``."""
    name = text(arguments, "task")
    if name not in task_names(studied):
        raise no_such(f"no task is called {name}.")
    found = _state(studied, name, _moment(studied, arguments))
    return Fact(Choice(STATES), (ascii_lowercase[STATES.index(found)],))


def task_names(studied: Studied) -> tuple[str, ...]:
    """Return what the tasks are called, in the order in which they were made.

    Raises:
        LessonError: There are too many to choose from.
    """
    trace = studied.summary.trace
    ids = trace.tasks.id[studied.summary.rows].tolist()
    names = tuple(dict.fromkeys(studied.names.of(one) for one in ids))
    if len(names) >= MOST_OPTIONS:
        raise no_such(f"there are {len(names)} tasks, too many to choose from.")
    return names


def _done(move: Move) -> str:
    return move.name if isinstance(move, Run) else NEXT_IS_TO_WAIT


def _moment(studied: Studied, arguments: Arguments) -> Moment:
    at = text(arguments, "at")
    try:
        since_ns = parse_duration(at)
    except ValueError as error:
        raise no_such(f"{at} is no time: {error}") from error
    summary = studied.summary
    if since_ns > summary.trace.total_ns:
        raise no_such(f"at {at} the program is over.")
    return moment_at(summary.timeline, summary.lives, summary.trace.begin_ns + since_ns)


def _state(studied: Studied, name: str, moment: Moment) -> str:
    for loop in moment.loops:
        if loop.running is not None and loop.running.name == name:
            return "running"
        if name in {one.name for one in loop.ready}:
            return "ready"
        if name in {one.name for one in loop.suspended}:
            return "waiting"
    summary = studied.summary
    ids = summary.trace.tasks.id.tolist()
    rows = [row for row in summary.rows if studied.names.of(ids[row]) == name]
    is_made = any(summary.lives.created[row] <= moment.time_ns for row in rows)
    return "over" if is_made else "not made yet"
