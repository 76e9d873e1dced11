"""What several test modules need: virtual time, recording in this process and in another one."""

import asyncio
import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import ModuleType
from typing import Any

from loopscope.analysis.findings import findings_of
from loopscope.analysis.summary import Summary, summarise
from loopscope.model.finding import Finding
from loopscope.model.kinds import StepEnd, WakeKind
from loopscope.recorder.interner import Interner
from loopscope.recorder.registry import Registry
from loopscope.trace.columns import Trace
from loopscope.trace.reader import read_trace
from loopscope.trace.writer import TraceWriter

PROGRAMS = Path(__file__).parent / "programs"
EXAMPLES = Path(__file__).parents[1] / "examples"
Main = Callable[[], Coroutine[Any, Any, Any]]


class DeadlockError(Exception):
    """A virtual loop has nothing left to wait for."""


class VirtualClock:
    """Nanoseconds that pass only while the loop is idle."""

    def __init__(self) -> None:
        self.ns = 0

    def __call__(self) -> int:
        """Return the time now."""
        return self.ns


class JumpingSelector(selectors.DefaultSelector):
    """A selector that moves a clock instead of waiting."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> Any:
        """Return what is ready; otherwise jump to the next timer."""
        events = super().select(0)
        if events or timeout == 0:
            return events
        if timeout is None:
            raise DeadlockError
        self._clock.ns += round(timeout * 1e9)
        return []


def virtual_loop(clock: VirtualClock) -> asyncio.SelectorEventLoop:
    """Return an event loop on which time passes only while it is idle."""
    loop = asyncio.SelectorEventLoop(JumpingSelector(clock))
    loop.time = lambda: clock.ns / 1e9  # type: ignore[method-assign]
    return loop


def record_virtually(main: Main, probe: ModuleType, path: Path) -> Trace:
    """Run a coroutine function in virtual time under a probe and return the trace."""
    clock = VirtualClock()
    failures: list[BaseException] = []
    writer = TraceWriter(path, {"program": "test"}, origin_ns=0, wall_ns=0)
    registry = Registry(writer, Interner(writer), failures.append)
    tables = probe.Tables(registry, clock, 0, writer.lost_cell)
    registry.tables = tables
    loop: Any = virtual_loop(clock)
    queue = loop._ready = probe.ReadyQueue(tables, 1, loop._ready)
    loop._selector.select = queue.wrap_select(loop._selector.select)
    queue.begin_run()
    try:
        loop.run_until_complete(main())
    finally:
        queue.end_run()
        loop.close()
        writer.close(clock.ns)
    if failures:
        raise failures[0]
    return read_trace(path)


def label(trace: Trace, task_id: int) -> str:
    """Return a task's name; default names count from 1 in every trace, not in every process."""
    name = trace.task(task_id).name
    row = int(trace.tasks.row_of[task_id])
    return f"Task-{row + 1}" if name.startswith("Task-") else name


def told(trace: Trace) -> list[tuple[str, str, int, str, str]]:
    """Return each step as (task, woken by, waking step, end, innermost function it ended in)."""
    steps = trace.steps
    return [
        (
            label(trace, int(steps.task[at])) if steps.task[at] else "-",
            WakeKind(steps.wake[at]).name.lower(),
            int(steps.waker[at]),
            StepEnd(steps.how_end[at]).name.lower(),
            trace.words.location(int(steps.stack[at])).function if steps.stack[at] else "",
        )
        for at in range(len(steps))
    ]


def task_steps(trace: Trace) -> list[tuple[str, str, str]]:
    """Return the steps of tasks as (task, end, innermost function); callbacks are left out."""
    return [(name, end, where) for name, _, _, end, where in told(trace) if name != "-"]


def names(trace: Trace) -> list[str]:
    """Return the names of all recorded tasks, asyncio's own excluded, in order of creation."""
    tasks = [trace.task(one) for one in trace.tasks.id.tolist()]
    own = [one for one in tasks if "BaseEventLoop" not in one.coroutine.function]
    return [label(trace, one.id) for one in own]


def loopscope(
    *arguments: str | Path, cwd: Path, probe: str = "", **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run the command ``loopscope`` as a user would."""
    environment = {**os.environ, "LOOPSCOPE_PROBE": probe, "PYTHONUNBUFFERED": "1"}
    environment.pop("COLUMNS", None)
    return subprocess.run(
        [sys.executable, "-m", "loopscope", *map(str, arguments)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **options,
    )


def line_of(path: Path, marker: str) -> int:
    """Return the number of the line that ends in ``# <- marker``."""
    lines = path.read_text().splitlines()
    found = [number for number, line in enumerate(lines, 1) if line.endswith(f"# <- {marker}")]
    assert len(found) == 1, f"{marker} stands {len(found)} times in {path.name}"
    return found[0]


def reported(trace: Trace) -> tuple[Summary, list[Finding]]:
    """Return all that a report tells of a recording."""
    summary = summarise(trace)
    found = findings_of(summary)
    assert "gave-up" not in {one.rule for one in found}, found
    return summary, found
