"""Reads the loops' own streams: steps, turns and runs, block by block into columns."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from loopscope.model.kinds import StepEnd, WakeKind
from loopscope.trace.columns import Int64s, LoopRun, Steps, Turns
from loopscope.trace.layout import CODE_SHIFT, RECORD_BYTES, TIME_MASK, Kind

RECORD = np.dtype(
    [("t", "<u8"), ("u", "<u8"), ("a", "<u4"), ("b", "<u4"), ("c", "<u4"), ("d", "<u4")]
)
Records = npt.NDArray[np.void]

_STEP_COLUMNS: dict[str, Any] = {
    "loop": np.uint32,
    "begin": np.int64,
    "end": np.int64,
    "ready": np.int64,
    "task": np.uint32,
    "stack": np.uint32,
    "object": np.uint32,
    "waker": np.int32,
    "how_end": np.uint8,
    "wake": np.uint8,
    "job": np.uint32,
}
_TURN_COLUMNS: dict[str, Any] = {
    "loop": np.uint32,
    "idle_begin": np.int64,
    "idle_end": np.int64,
    "first_step": np.int64,
    "events": np.uint32,
    "queued": np.uint32,
}


@dataclass(frozen=True)
class BlockBody:
    """A block whose body is read only when its turn comes."""

    size: int
    read: Callable[[], bytes]


class _Columns:
    """Growing columns of one table, allocated once for the largest possible number of rows."""

    def __init__(self, kinds: dict[str, Any], most: int) -> None:
        self.arrays = {name: np.empty(most, kind) for name, kind in kinds.items()}
        self.count = 0

    def add(self, count: int, **values: npt.ArrayLike) -> None:
        for name, value in values.items():
            self.arrays[name][self.count : self.count + count] = value
        self.count += count

    def finish(self) -> dict[str, Any]:
        return {name: array[: self.count] for name, array in self.arrays.items()}


def read_steps(
    streams: dict[int, list[BlockBody]], node_count: int, end_ns: int, damages: list[str]
) -> tuple[Steps, Turns, list[LoopRun], list[Records]]:
    """Return all loops' steps, turns and runs, and the tasks introduced among them.

    Args:
        streams: The blocks of each loop, by loop number, in file order.
        node_count: How many stacks there are: larger references are dropped.
        end_ns: When the recording ended, 0 if it never did.
        damages: Takes a sentence for each kind of damage met.
    """
    most = sum(body.size for parts in streams.values() for body in parts) // RECORD_BYTES
    reader = _Reader(most, node_count, damages)
    for loop, parts in streams.items():
        reader.read_loop(loop, parts, end_ns)
    steps, turns = Steps(**reader.steps.finish()), Turns(**reader.turns.finish())
    return steps, turns, reader.runs, reader.tasks


class _Reader:
    def __init__(self, most: int, node_count: int, damages: list[str]) -> None:
        self.steps = _Columns(_STEP_COLUMNS, most)
        self.turns = _Columns(_TURN_COLUMNS, most)
        self.runs: list[LoopRun] = []
        self.tasks: list[Records] = []
        self._node_count = node_count
        self._damages = damages
        self._loop = 0
        self._first_step = 0
        self._clock = 0
        self._open: tuple[int, int] | None = None

    def read_loop(self, loop: int, parts: list[BlockBody], end_ns: int) -> None:
        """Append one loop's stream to the columns."""
        self._loop, self._first_step, self._clock = loop, self.steps.count, 0
        for part in parts:
            self._read_block(part.read())
        self._close_run(max(self._clock, end_ns))

    def _read_block(self, body: bytes) -> None:
        records = np.frombuffer(body, RECORD, len(body) // RECORD_BYTES)
        kinds = (records["t"] >> CODE_SHIFT).astype(np.uint8)
        sound = ((kinds >= Kind.STEP) & (kinds <= Kind.PAUSE)) | (kinds == Kind.TASK)
        if not sound.all():
            stop = int(np.argmin(sound))
            if kinds[stop]:
                self._damages.append("Some steps are damaged and left out.")
            records, kinds = records[:stop], kinds[:stop]
        is_task = kinds == Kind.TASK
        if is_task.any():
            self.tasks.append(records[is_task])
            records, kinds = records[~is_task], kinds[~is_task]
        if not len(records):
            return
        times = (records["t"] & TIME_MASK).astype(np.int64)
        # What the clock showed after each record: a step begins where the record before ended.
        after = times + np.where(kinds == Kind.TURN, records["a"], 0)
        before = np.concatenate(([self._clock], after[:-1]))
        is_step = kinds == Kind.STEP
        ordinal = self.steps.count + np.cumsum(is_step)
        self._add_turns(records, times, kinds, ordinal)
        self._add_runs(kinds, times, ordinal)
        self._add_steps(records[is_step], before[is_step], times[is_step])
        self._clock = int(after[-1])

    def _add_turns(
        self, records: Records, times: Int64s, kinds: npt.NDArray[np.uint8], ordinal: Int64s
    ) -> None:
        is_turn = kinds == Kind.TURN
        ended, turns = times[is_turn], records[is_turn]
        began = np.minimum((turns["u"] & TIME_MASK).astype(np.int64), ended)
        self.turns.add(
            len(turns),
            loop=self._loop,
            idle_begin=began,
            idle_end=ended,
            first_step=ordinal[is_turn],
            events=turns["b"],
            queued=turns["c"],
        )

    def _add_runs(self, kinds: npt.NDArray[np.uint8], times: Int64s, ordinal: Int64s) -> None:
        for at in np.flatnonzero((kinds == Kind.BEGIN) | (kinds == Kind.PAUSE)):
            time, step = int(times[at]), int(ordinal[at])
            self._close_run(time, step)
            if kinds[at] == Kind.BEGIN:
                self._open = time, step

    def _close_run(self, end: int, stop: int | None = None) -> None:
        if self._open is None:
            return
        begin, first = self._open
        stop = self.steps.count if stop is None else stop
        self.runs.append(LoopRun(self._loop, begin, max(begin, end), first, max(first, stop)))
        self._open = None

    def _add_steps(self, records: Records, begin: Int64s, end: Int64s) -> None:
        count = len(records)
        how = (records["u"] >> CODE_SHIFT).astype(np.uint8)
        how_end, wake = how & 15, how >> 4
        if (how_end > max(StepEnd)).any() or (wake > max(WakeKind)).any():
            self._damages.append("Some steps end or wake in a way this version does not know.")
            how_end = np.where(how_end > max(StepEnd), StepEnd.SUSPENDED, how_end)
            wake = np.where(wake > max(WakeKind), WakeKind.UNKNOWN, wake)
        begin = np.minimum(begin, end)
        ready = np.minimum((records["u"] & TIME_MASK).astype(np.int64), begin)
        by_step = (wake == WakeKind.STEP) | (wake == WakeKind.RESUMED)
        waker = records["d"].astype(np.int64) + self._first_step
        own = self.steps.count + np.arange(count)
        waker = np.where(by_step & (waker < own), waker, -1)
        stack = np.where(records["b"] < self._node_count, records["b"], 0)
        self.steps.add(
            count,
            loop=self._loop,
            begin=begin,
            end=end,
            ready=ready,
            task=records["a"],
            stack=stack,
            object=records["c"],
            waker=waker,
            how_end=how_end,
            wake=wake,
            job=np.where(wake == WakeKind.THREAD, records["d"], 0),
        )
