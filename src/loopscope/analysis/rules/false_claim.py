"""``false-claim``: a comment or docstring says what the run refutes."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from loopscope.analysis.rules.rule import Rule
from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.analysis.wait_kinds import KINDS
from loopscope.analysis.whatif.branches import find_visits
from loopscope.model.finding import Confidence, Finding
from loopscope.model.kinds import Fate, Origin, WaitKind, WakeKind
from loopscope.model.location import Location
from loopscope.model.records import Stall
from loopscope.model.units import counted, format_ns
from loopscope.source.claims import Claim, ClaimKind, claims_of

LEAST_WAIT_NS: Final = 1_000_000
"""Shorter waits are no operation of their own."""

_ELSEWHERE: Final = (
    "import threading",
    "from threading",
    "concurrent.futures",
    "to_thread",
    "run_in_executor",
    "multiprocessing",
    "subprocess",
    "run_sync",
)
"""A file in which one of these stands may well use threads or processes somewhere."""

_LOOPS: Final = (ast.For, ast.ListComp, ast.SetComp, ast.DictComp)
_EXAMPLE: Final = """\
# Wrong: await starts nothing side by side.
# Both requests run in parallel.
user = await fetch_user()
orders = await fetch_orders()

# Right:
# Both requests are waited for at the same time.
user, orders = await asyncio.gather(fetch_user(), fetch_orders())
"""
_REMEDY: Final = {
    ClaimKind.TOGETHER: "Correct the text, or make it true with asyncio.gather or a TaskGroup.",
    ClaimKind.THREAD: "Correct the text, or make it true with await asyncio.to_thread(...).",
    ClaimKind.CORES: (
        "Correct the text, or make it true with run_in_executor and a ProcessPoolExecutor."
    ),
}


@dataclass(frozen=True)
class _Code:
    """What the code that a claim speaks of did in the run."""

    run: RunFacts
    claim: Claim

    @cached_property
    def lines(self) -> range:
        """Its lines."""
        return range(self.claim.first_line, self.claim.last_line + 1)

    def covers(self, place: Location) -> bool:
        """Whether a place lies in it."""
        return place.file == self.claim.function.module.file and place.line in self.lines

    @cached_property
    def waits(self) -> list[tuple[int, Location]]:
        """The steps that ended a wait inside it, with the line of this code."""
        words, timeline = self.run.trace.words, self.run.timeline
        nodes = np.unique(timeline.wait_stack).tolist()
        inside = {}
        for node in nodes:
            places = [place for place in words.stack(node) if self.covers(place)] if node else []
            if places:
                inside[node] = places[0]
        at = np.flatnonzero(np.isin(timeline.wait_stack, list(inside)) & (timeline.wait_begin >= 0))
        return [(step, inside[int(timeline.wait_stack[step])]) for step in at.tolist()]

    @cached_property
    def made(self) -> list[int]:
        """The rows of the tasks that it made."""
        file = self.claim.function.module.file
        whole = Location(file, "", self.lines.start, self.lines.stop - 1, -1, -1, 0, Origin.USER)
        made = [one for one in self.run.tasks_made_at(whole).tolist() if not self._is_inner(one)]
        rows: list[int] = self.run.trace.tasks.row_of[made].tolist()
        return rows

    def _is_inner(self, task_id: int) -> bool:
        """Whether a task runs what only a library's own function knows: its own affair."""
        coroutine = self.run.trace.task(task_id).coroutine
        parts = coroutine.function.split(".")
        return coroutine.origin is Origin.LIBRARY and any(one[:1] in "_<" for one in parts)

    @cached_property
    def stalls(self) -> list[Stall]:
        """The stalls that it, or what it called, caused; those of tasks it made included."""
        file = self.claim.function.module.file
        tasks = set(self.run.trace.tasks.id[self.made].tolist()) if self.made else set()
        steps = self.run.trace.steps
        return [
            one
            for one in self.run.held_lines
            if any((file, line) in self.run.lines_of(one) for line in self.lines)
            or tasks & set(steps.task[list(one.step_indexes)].tolist())
        ]

    def used_threads(self) -> bool:
        """Whether any of its waits was for work elsewhere."""
        origins = {int(self.run.timeline.origin[step]) for step, _ in self.waits}
        kinds = {KINDS[int(self.run.timeline.wait_kind[step])] for step, _ in self.waits}
        return WakeKind.THREAD in origins or WaitKind.EXECUTOR in kinds


def _in_run(run: RunFacts, suspects: list[Finding]) -> Iterator[Finding]:
    for claim in claims_of(run.project):
        code = _Code(run, claim)
        against = _AGAINST[claim.kind](code)
        if against:
            yield _finding(claim, against)
    yield from suspects


def _against_together(code: _Code) -> str:
    """Say why things were not waited for at the same time, "" where they may have been."""
    if code.made:
        lives = code.run.summary.lives
        at_once = (lives.steps[code.made] == 1) & (lives.fate[code.made] == Fate.RETURNED)
        if len(code.made) > 1 and at_once.all():
            return (
                f"its {counted(len(code.made), 'task')} ran one after the other on the loop's "
                "thread: none of them ever waited for anything"
            )
        return ""
    timeline = code.run.timeline
    tasks = {int(code.run.trace.steps.task[step]) for step, _ in code.waits}
    own = [step for step, _ in code.waits if not _is_librarys(code, step)]
    kinds = {KINDS[int(timeline.wait_kind[step])] for step in own}
    if len(tasks) != 1 or kinds & {WaitKind.TASK, WaitKind.FUTURE, WaitKind.QUEUE}:
        return ""
    lasted: dict[int, int] = {}
    for step, place in code.waits:
        waited = int(timeline.due[step] - timeline.wait_begin[step])
        lasted[place.line] = lasted.get(place.line, 0) + waited
    long = {line: ns for line, ns in sorted(lasted.items()) if ns >= LEAST_WAIT_NS}
    if len(long) > 1 and _is_straight(code, list(long)):
        times = ", then ".join(f"{format_ns(ns)} at line {line}" for line, ns in long.items())
        return f"one task waited for one thing after the other: {times}"
    if len(long) == 1:
        line, ns = next(iter(long.items()))
        rounds = _rounds(code, line)
        if rounds > 1:
            return (
                f"one task waited for one round after the other: {rounds:,} rounds at line {line}, "
                f"{format_ns(ns)} in all"
            )
    return ""


def _rounds(code: _Code, line: int) -> int:
    """Return how many rounds of a loop in a claim's code waited at a line, 0 for pauses."""
    function = code.claim.function
    loops = [
        function.module.enclosing(wait, *_LOOPS)
        for wait in function.each(ast.Await)
        if wait.lineno == line
    ]
    is_inside = any(getattr(one, "lineno", 0) in code.lines for one in loops)
    if not is_inside or all(_is_pause(code, step, line) for step, _ in code.waits):
        return 0
    visits = find_visits(code.run.timeline, function.module.file, line, line)
    return max((len(one.ends) for one in visits), default=0)


def _is_pause(code: _Code, step: int, line: int) -> bool:
    """Whether a wait is a sleep at this very line, which takes its time for its own sake."""
    stack = code.run.trace.words.stack(int(code.run.timeline.wait_stack[step]))
    users = [place for place in stack if place.is_user]
    is_sleep = KINDS[int(code.run.timeline.wait_kind[step])] is WaitKind.SLEEP
    return is_sleep and users[-1].line == line


def _is_librarys(code: _Code, step: int) -> bool:
    """Whether a wait lies inside a library: tasks that it makes for one call are its own affair."""
    stack = code.run.trace.words.stack(int(code.run.timeline.wait_stack[step]))
    users = [at for at, place in enumerate(stack) if place.is_user]
    return any(place.origin is Origin.LIBRARY for place in stack[users[-1] + 1 :])


def _is_straight(code: _Code, lines: list[int]) -> bool:
    """Whether these lines are awaits of the claim's own function, and nothing it calls forks."""
    awaits = {wait.lineno for wait in code.claim.function.each(ast.Await)}
    return all(line in awaits for line in lines)


def _against_threads(code: _Code) -> str:
    """Say that code ran on the loop's thread, "" where another one may have been in use."""
    if code.used_threads():
        return ""
    if code.stalls:
        held = sum(one.held_ns for one in code.stalls)
        return f"it ran on the thread of the event loop, and held it for {format_ns(held)}"
    if code.waits and not _may_leave(code) and code.claim.function.is_async:
        return "it ran on the thread of the event loop, like everything in this run"
    return ""


def _may_leave(code: _Code) -> bool:
    """Whether the run, or the words of the file, hint at threads or processes elsewhere."""
    hints = any(word in code.claim.function.module.text for word in _ELSEWHERE)
    return hints or bool(code.run.trace.jobs) or len(code.run.summary.loops) != 1


_AGAINST: Final = {
    ClaimKind.TOGETHER: _against_together,
    ClaimKind.THREAD: _against_threads,
    ClaimKind.CORES: _against_threads,
}


def _finding(claim: Claim, against: str) -> Finding:
    module = claim.function.module
    text = "docstring" if claim.is_docstring else "comment"
    where = Location(
        file=module.file,
        function=claim.function.qualname or "<module>",
        line=claim.line,
        end_line=claim.line,
        column=-1,
        end_column=-1,
        first_line=claim.function.line,
        origin=Origin.USER,
    )
    return Finding(
        rule="false-claim",
        where=where,
        message=f'The {text} says "{claim.quote}", but in this run {against}.',
        remedy=_REMEDY[claim.kind],
        confidence=Confidence.SEEN,
        evidence={"claim": claim.quote, "kind": claim.kind.value, "against": against},
    )


FALSE_CLAIM = Rule(
    name="false-claim",
    title="A comment says what the program does not do",
    why=(
        "await starts nothing side by side, and async uses one thread on one core. Whoever "
        "believes the text will look for the lost time in the wrong place."
    ),
    example=_EXAMPLE,
    in_run=_in_run,
)
