"""What the two rules about a held loop share: who was delayed, and the numbers."""

import ast
from collections import Counter

from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.analysis.rules.words import named
from loopscope.analysis.stalls import delayed_by
from loopscope.model.records import Stall
from loopscope.model.units import counted, format_ns

MOST_STEPS = 1000
"""Of a line that held the loop more often, the delayed tasks of these stalls are named."""


def delayed_names(run: RunFacts, stall: Stall) -> list[str]:
    """Return the names of the tasks that a stall delayed, those that lost most first."""
    lost: Counter[int] = Counter()
    for index in stall.step_indexes[:MOST_STEPS]:
        lost.update(delayed_by(run.summary.timeline, index))
    return [run.names.of(task) for task, _ in lost.most_common()]


def delay_sentence(stall: Stall, names: list[str]) -> str:
    """Say who could not run meanwhile, and what it cost them."""
    count = stall.delayed_tasks_count
    if not count:
        return "No other task was due meanwhile, this time."
    lost = (
        f", {format_ns(stall.delayed_ns)} lost{' in all' * (count > 1)}" if stall.delayed_ns else ""
    )
    return f"Meanwhile {counted(count, 'task')} could not run{lost}: {named(names)}."


def held_evidence(stall: Stall, names: list[str]) -> dict[str, object]:
    """Return the numbers for programs."""
    return {
        "kind": stall.kind,
        "call": stall.call,
        "inside": stall.inside.function if stall.inside else None,
        "count": stall.count,
        "held_s": stall.held_ns / 1e9,
        "longest_s": stall.longest_ns / 1e9,
        "delayed_tasks": stall.delayed_tasks_count,
        "delayed_s": stall.delayed_ns / 1e9,
        "delayed": names[:10],
    }


def is_released(run: RunFacts, stall: Stall) -> bool:
    """Whether what computed was a call that gives the interpreter lock back meanwhile.

    SQLite works in the thread that asks it, so it computes; for the program it is a wait.
    """
    place = stall.inside or stall.where
    function = run.project.function_at(place.file, place.line)
    return function is not None and any(
        call.lineno <= place.line <= (call.end_lineno or call.lineno)
        and run.project.target(call, function).startswith(_RELEASING)
        for call in function.each(ast.Call)
    )


_RELEASING = ("sqlite3.Connection.", "sqlite3.Cursor.")
