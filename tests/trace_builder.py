"""Builds a ``Trace`` by hand from a readable script, without a loop, a clock or a file."""

from dataclasses import dataclass
from pathlib import PurePath

import numpy as np

from loopscope.model.kinds import Lapse, Origin, StepEnd, WakeKind
from loopscope.model.location import NOWHERE, Location
from loopscope.model.records import Failure, Job, LoopInfo
from loopscope.trace.columns import (
    LoopRun,
    Sample,
    Steps,
    TaskTable,
    Trace,
    TraceInfo,
    Turns,
    Waiting,
    Words,
)

MS = 1_000_000
ASYNCIO = "/usr/lib/python3/asyncio"

SLEEP = "tasks.py/sleep:1"
SLEEP_0 = "tasks.py/__sleep0:1"
GROUP = "taskgroups.py/TaskGroup.__aexit__:1"
LOCK = "locks.py/Lock.acquire:1"
QUEUE_GET = "queues.py/Queue.get:1"
TO_THREAD = "threads.py/to_thread:1"
READ = "streams.py/StreamReader.read:1"

TIMER_OF_SLEEP = "futures.py/_set_result_unless_cancelled:1"
GROUP_DONE = "taskgroups.py/TaskGroup._on_task_done:1"
GATHER_DONE = "tasks.py/gather.<locals>._done_callback:1"
RUN_DONE = "base_events.py/_run_until_complete_cb:1"


@dataclass(eq=False)
class _Step:
    loop: int
    task: int
    ready: int
    begin: int
    end: int
    stack: int
    thing: int
    how: StepEnd
    wake: WakeKind
    waker: "_Step | None"
    job: int


@dataclass
class _Stream:
    """What one loop wrote."""

    steps: list[_Step]
    turns: list[tuple[int, int, int]]
    runs: list[tuple[int, int, int, int]]
    open_run: tuple[int, int] | None = None


class TraceBuilder:
    """Collects a script, then makes the trace.

    A place is written ``function:line`` for the program's own file (``app.py``), or
    ``file.py/function:line`` for a file of asyncio; a stack is its places, outermost first.

    Args:
        source: The text of ``app.py``: places in it then cover their whole line.
        stall_ns: From which length on a step is a stall.
    """

    def __init__(self, source: str = "", stall_ns: int = 10 * MS) -> None:
        self._lines = source.splitlines()
        self._source = source
        self._stall_ns = stall_ns
        self._locations = [NOWHERE]
        self._nodes = [(0, 0)]
        self._known: dict[tuple[str, ...], int] = {}
        self._tasks: list[tuple[int, str, int, int, int, int, int]] = []
        self._streams: dict[int, _Stream] = {}
        self._loop = 0
        self._samples: list[tuple[int, _Step, int]] = []
        self.objects: dict[int, tuple[str, int]] = {}
        self.jobs: dict[int, Job] = {}
        self.failures: list[Failure] = []
        self.lapses: dict[int, set[Lapse]] = {}
        self.waiting: list[Waiting] = []
        self.loop(1)

    def loop(self, number: int) -> None:
        """Go on with the script of this loop."""
        self._loop = number
        self._streams.setdefault(number, _Stream([], [], []))

    def task(  # noqa: PLR0913 - a task has that many facts
        self,
        number: int,
        name: str = "",
        *,
        coroutine: str = "main:1",
        created: int = 0,
        creator: str = "",
        parent: int = 0,
        existed: bool = False,
    ) -> int:
        """Introduce a task; without a name it has asyncio's, such as ``Task-1``."""
        creator_node = self.node(creator) if creator else 0
        coroutine_node = self.node(coroutine)
        flags = int(existed)
        self._tasks.append((number, name, coroutine_node, created, creator_node, parent, flags))
        return number

    def run(self, begin: int) -> None:
        """Let the loop run from here."""
        stream = self._streams[self._loop]
        assert stream.open_run is None, "the loop runs already"
        stream.open_run = begin, len(stream.steps)

    def stop(self, end: int) -> None:
        """Let the loop stop."""
        stream = self._streams[self._loop]
        assert stream.open_run is not None, "the loop does not run"
        begin, first = stream.open_run
        stream.runs.append((begin, end, first, len(stream.steps)))
        stream.open_run = None

    def turn(self, begin: int, end: int) -> None:
        """Begin a turn: the loop looked for timers and I/O, or waited for them."""
        assert begin <= end, "a turn begins with a wait of some length"
        stream = self._streams[self._loop]
        assert not stream.steps or stream.steps[-1].end <= begin, "a turn follows the last step"
        stream.turns.append((begin, end, len(stream.steps)))

    def step(  # noqa: PLR0913 - a step has that many facts
        self,
        task: int,
        times: tuple[int, int, int],
        awaits: tuple[str, ...] = (),
        *,
        how: StepEnd = StepEnd.SUSPENDED,
        wake: WakeKind = WakeKind.STEP,
        by: _Step | None = None,
        thing: int = 0,
        job: int = 0,
    ) -> _Step:
        """Add a step.

        Args:
            task: The task's id.
            times: When it became ready, began and ended.
            awaits: The await stack it ended with; without one the task returned.
            how: How it ended, if it has an await stack, or differently from returning.
            wake: What woke it.
            by: The step that woke it.
            thing: What it waits for after its end.
            job: The executor job that woke it.
        """
        if not awaits and how is StepEnd.SUSPENDED:
            how = StepEnd.RETURNED
        ready, begin, end = times
        stream = self._streams[self._loop]
        assert ready <= begin <= end, "a step is ready, begins and ends in this order"
        assert not stream.steps or stream.steps[-1].end <= begin, "steps are in order"
        assert by is None or by.loop == self._loop, "the waker is an earlier step of the loop"
        made = _Step(
            self._loop, task, ready, begin, end, self.node(*awaits), thing, how, wake, by, job
        )
        stream.steps.append(made)
        return made

    def callback(
        self,
        place: str,
        times: tuple[int, int, int],
        *,
        wake: WakeKind = WakeKind.STEP,
        by: _Step | None = None,
        job: int = 0,
    ) -> _Step:
        """Add a callback that belongs to no task."""
        return self.step(0, times, (place,), how=StepEnd.CALLBACK, wake=wake, by=by, job=job)

    def sample(self, time: int, step: _Step, *stack: str) -> None:
        """Photograph the thread within a step."""
        self._samples.append((time, step, self.node(*stack)))

    def node(self, *places: str) -> int:
        """Return the number of a stack."""
        if places not in self._known:
            self._known[places] = self._make_node(places)
        return self._known[places]

    def _make_node(self, places: tuple[str, ...]) -> int:
        node = 0
        for place in places:
            location = self._location(place)
            if location not in self._locations:
                self._locations.append(location)
            pair = node, self._locations.index(location)
            if pair not in self._nodes:
                self._nodes.append(pair)
            node = self._nodes.index(pair)
        return node

    def _location(self, place: str) -> Location:
        file, slash, rest = place.rpartition("/")
        function, _, line_text = rest.rpartition(":")
        line = int(line_text)
        if slash:
            path = str(PurePath(ASYNCIO, file))
            return Location(path, function, line, line, -1, -1, line, Origin.STANDARD)
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        columns = (len(text) - len(text.lstrip()), len(text)) if text else (-1, -1)
        return Location("/app/app.py", function, line, line, *columns, 1, Origin.USER)

    def build(self, end: int | None = None) -> Trace:
        """Make the trace.

        Args:
            end: When the recording ended, if not with the last run.
        """
        steps, runs, turns = self._ordered()
        last = max((run.end_ns for run in runs), default=0)
        index = {id(step): at for at, (_, step) in enumerate(steps)}
        return Trace(
            info=self._info(last if end is None else end),
            words=Words(
                self._locations,
                np.array([parent for parent, _ in self._nodes], np.int64),
                np.array([location for _, location in self._nodes], np.int64),
                {"/app/app.py": self._source} if self._source else {},
            ),
            steps=_steps(steps, index),
            turns=_turns(turns),
            runs=runs,
            tasks=self._task_table(),
            loops={
                number: LoopInfo(number, f"Thread-{number}", "Loop") for number in self._streams
            },
            samples=[
                Sample(time, step.loop, node, index[id(step)], "S", 0)
                for time, step, node in self._samples
            ],
            pauses=[],
            jobs=self.jobs,
            failures=self.failures,
            never_awaited=[],
            waiting=self.waiting,
            lapses=self.lapses,
            objects=self.objects,
            notes=[],
        )

    def _ordered(
        self,
    ) -> tuple[list[tuple[int, _Step]], list[LoopRun], list[tuple[int, int, int, int]]]:
        steps: list[tuple[int, _Step]] = []
        runs: list[LoopRun] = []
        turns: list[tuple[int, int, int, int]] = []
        for number, stream in sorted(self._streams.items()):
            assert stream.open_run is None, "the script stops every loop it runs"
            first = len(steps)
            runs += [
                LoopRun(number, begin, end, first + start, first + stop)
                for begin, end, start, stop in stream.runs
            ]
            turns += [(number, begin, end, first + start) for begin, end, start in stream.turns]
            steps += [(number, step) for step in stream.steps]
        return steps, runs, turns

    def _info(self, end: int) -> TraceInfo:
        return TraceInfo(
            path="app.loopscope",
            version=1,
            program="app.py",
            argv=("app.py",),
            directory="/app",
            python="3.11",
            platform="linux",
            probe="python",
            pid=1,
            seed=None,
            stall_ns=self._stall_ns,
            origin_ns=0,
            wall_ns=0,
            end_ns=end,
            lost_count=0,
            is_complete=True,
            gave_up=False,
            damage="",
        )

    def _task_table(self) -> TaskTable:
        columns = list(zip(*self._tasks, strict=True)) or [()] * 7
        ids, names, coroutines, created, creators, parents, flags = columns
        row_of = np.full(max(ids, default=0) + 1, -1, np.int64)
        row_of[list(ids)] = np.arange(len(ids))
        return TaskTable(
            id=np.array(ids, np.uint32),
            created=np.array(created, np.int64),
            number=np.array(ids, np.int64),
            flags=np.array(flags, np.uint8),
            coroutine=np.array(coroutines, np.uint32),
            creator=np.array(creators, np.uint32),
            parent=np.array(parents, np.uint32),
            names={task: name for task, name in zip(ids, names, strict=True) if name},
            row_of=row_of,
        )


def _steps(steps: list[tuple[int, _Step]], index: dict[int, int]) -> Steps:
    only = [step for _, step in steps]
    wakers = [index[id(step.waker)] if step.waker is not None else -1 for step in only]
    return Steps(
        loop=np.array([loop for loop, _ in steps], np.uint16),
        begin=np.array([step.begin for step in only], np.int64),
        end=np.array([step.end for step in only], np.int64),
        ready=np.array([step.ready for step in only], np.int64),
        task=np.array([step.task for step in only], np.uint32),
        stack=np.array([step.stack for step in only], np.uint32),
        object=np.array([step.thing for step in only], np.uint32),
        waker=np.array(wakers, np.int32),
        how_end=np.array([step.how for step in only], np.uint8),
        wake=np.array([step.wake for step in only], np.uint8),
        job=np.array([step.job for step in only], np.uint32),
    )


def _turns(turns: list[tuple[int, int, int, int]]) -> Turns:
    return Turns(
        loop=np.array([loop for loop, _, _, _ in turns], np.uint16),
        idle_begin=np.array([begin for _, begin, _, _ in turns], np.int64),
        idle_end=np.array([end for _, _, end, _ in turns], np.int64),
        first_step=np.array([first for _, _, _, first in turns], np.int64),
        events=np.zeros(len(turns), np.uint32),
        queued=np.zeros(len(turns), np.uint32),
    )
