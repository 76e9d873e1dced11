"""Whether awaits in turn were worth running together, in a recorded run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

import numpy as np

from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.analysis.rules.words import in_all, times
from loopscope.analysis.whatif.branches import Visit, find_visits
from loopscope.analysis.whatif.predict import Prediction
from loopscope.model.changes import Together
from loopscope.model.finding import Confidence, Finding
from loopscope.model.units import format_ns
from loopscope.source.independence.candidates import Kind
from loopscope.trace.columns import Uint32s

LEAST_SHARE = 0.05
"""A smaller part of the total, or of the task's life, is within what two runs differ by."""

LEAST_ERRORS = 3
"""A gain is to be so many times the model's own error on this run."""


@dataclass(frozen=True, slots=True)
class _Gain:
    """What running awaits together saves: of the whole run, and of the tasks that came by."""

    total_ns: int
    total_share: float
    task_ns: int
    task_share: float
    noise_ns: int
    is_at_most: bool

    @property
    def is_worth_it(self) -> bool:
        """Whether it is more than the noise, for the run or for a task."""
        return any(
            share >= LEAST_SHARE and gain >= LEAST_ERRORS * self.noise_ns
            for gain, share in (
                (self.total_ns, self.total_share),
                (self.task_ns, self.task_share),
            )
        )


def together_in_run(run: RunFacts, suspects: list[Finding]) -> Iterator[Finding]:
    """Say of each suspect what it cost, or that it cost nothing."""
    for one in suspects:
        change = one.changes[0]
        assert isinstance(change, Together)  # noqa: S101  (the rule's own suspects)
        visits = find_visits(run.timeline, change.file, change.first_line, change.last_line)
        if not visits:
            yield one  # nobody came by: it stands as the source shows it
        elif one.evidence["shape"] == Kind.GATHER_ARGUMENT.value:
            yield _before_gather(run, one, visits)
        elif all(len(visit.ends) == 1 for visit in visits):
            yield _pointless(one, "no more than one of them ever waited")
        else:
            yield _judged(run, one, [visit for visit in visits if len(visit.ends) > 1])


def _judged(run: RunFacts, one: Finding, visits: list[Visit]) -> Finding:
    after, before = run.predicted(one.changes), run.predicted(())
    if after is None or before is None:
        return one
    gain = _gain(run, visits, before, after)
    if not gain.is_worth_it:
        return _pointless(one, "together they would gain next to nothing")
    waited = sum(_waited(run, visit) for visit in visits)
    at_most = one.is_at_most or gain.is_at_most
    saved, who = gain.total_ns, "the run"
    if gain.total_share < LEAST_SHARE:
        saved, who = gain.task_ns, "the task"
    sooner = f"{'up to ' if at_most else ''}{format_ns(saved)}"
    return replace(
        one,
        message=(
            f"{one.message} In this run they waited in turn {times(len(visits))}, for "
            f"{in_all(waited, len(visits))}; together {who} would be over {sooner} sooner."
        ),
        remedy=_with_command(run, one.remedy),
        saves_ns=gain.total_ns,
        is_at_most=at_most,
        evidence={
            **one.evidence,
            "times": len(visits),
            "waited_s": waited / 1e9,
            "task_saves_s": gain.task_ns / 1e9,
        },
    )


def _with_command(run: RunFacts, remedy: str) -> str:
    """Add the command that makes the change, where the recorded program is a script."""
    name = PurePath(run.trace.info.program).name
    if not name.endswith(".py"):
        return remedy
    return f"{remedy} 'loopscope fix {name}' shows this change, and tries it."


def _before_gather(run: RunFacts, one: Finding, visits: list[Visit]) -> Finding:
    """Judge an await in the arguments of ``gather``: a wait, then that of the gather itself.

    The replay cannot take the two apart, since what comes of the first is part of the second.
    No more can be gained than the shorter of the two.
    """
    steps = run.trace.steps
    spans: dict[int, list[int]] = {}
    for visit in visits:
        spans.setdefault(int(steps.task[visit.begin]), []).append(_waited(run, visit))
    pairs = [pair for mine in spans.values() for pair in zip(mine[::2], mine[1::2], strict=False)]
    saved = sum(min(pair) for pair in pairs)
    if not saved or saved < LEAST_SHARE * sum(map(sum, pairs)):
        return _pointless(one, "one of them hardly waited")
    return replace(
        one,
        message=(
            f"{one.message} In this run it waited {times(len(pairs))}; the gather "
            f"could be over up to {format_ns(saved)} sooner."
        ),
        is_at_most=True,
        evidence={**one.evidence, "task_saves_s": saved / 1e9},
        changes=(),
    )


def _pointless(one: Finding, reason: str) -> Finding:
    return replace(
        one,
        confidence=Confidence.NO,
        message=f"{one.message} But in this run {reason}.",
        evidence={**one.evidence, "refuted": reason},
    )


def _waited(run: RunFacts, visit: Visit) -> int:
    steps = run.trace.steps
    return int(steps.begin[visit.ends[-1]] - steps.end[visit.begin])


def _gain(run: RunFacts, visits: Sequence[Visit], before: Prediction, after: Prediction) -> _Gain:
    tasks = np.unique([run.trace.steps.task[visit.begin] for visit in visits])
    was, now = _lives(before, tasks), _lives(after, tasks)
    saved = {task: was[task] - now[task] for task in was if task in now}
    best = max(saved, key=lambda task: saved[task], default=None)
    return _Gain(
        total_ns=max(after.saves_ns, 0),
        total_share=after.saves_ns / max(after.replayed_ns, 1),
        task_ns=saved[best] if best is not None else 0,
        task_share=saved[best] / max(was[best], 1) if best is not None else 0.0,
        noise_ns=abs(after.recorded_ns - after.replayed_ns),
        is_at_most=after.is_at_most,
    )


def _lives(prediction: Prediction, tasks: Uint32s) -> dict[int, int]:
    """Return how long tasks live in a replay, from their first step to their last."""
    steps = prediction.steps
    lives = {}
    for task in tasks.tolist():
        mine = steps.task == task
        if mine.any():
            lives[task] = int(steps.end[mine].max() - steps.ready[mine].min())
    return lives
