"""Reads the stream of facts: tasks, failures, samples, and all else that is told once."""

from typing import Any, Final

import numpy as np

from loopscope.model.kinds import Lapse
from loopscope.model.location import Location
from loopscope.model.records import Failure, Job, LoopInfo, NeverAwaited
from loopscope.trace.columns import Pause, Sample, TaskTable, Uint8s, Waiting, Words
from loopscope.trace.layout import CODE_SHIFT, RECORD_BYTES, TIME_MASK, UNKNOWN_STEP, Kind
from loopscope.trace.read_steps import RECORD, Records

SPARSEST_IDS: Final = 16
"""Ids are given out one after another, but not each of them comes with a record: tasks, objects
and jobs that never came to be. Larger ids than this many times the records are damage."""

Row = tuple[int, int, int, int, int, int, int]
"""t, u, code, a, b, c, d of a record."""


def read_facts(  # noqa: PLR0913, PLR0917  (what facts refer to)
    bodies: list[bytes],
    tasks: list[Records],
    strings: dict[int, str],
    words: Words,
    first_steps: dict[int, int],
    step_count: int,
    damages: list[str],
) -> dict[str, Any]:
    """Return the fields of ``Trace`` that come from facts.

    Args:
        bodies: The bodies of the facts blocks, in file order.
        tasks: The records of tasks that stood in the loops' own streams.
        strings: All strings by number.
        words: Places and stacks.
        first_steps: The index of each loop's first step: samples name steps by their ordinal.
        step_count: How many steps there are.
        damages: Takes a sentence for each kind of damage met.
    """
    records = np.concatenate([_sound_records(bodies, damages), *tasks])
    kinds = (records["t"] >> CODE_SHIFT).astype(np.uint8)
    book = _FactBook(records, kinds, strings, words)
    lapses: dict[int, set[Lapse]] = {}
    for _, _, _, task, what, _, _ in book.rows(Kind.LAPSE):
        if what in Lapse._value2member_map_:
            lapses.setdefault(task, set()).add(Lapse(what))
    return {
        "tasks": book.tasks(),
        "loops": book.loops(),
        "samples": book.samples(first_steps, step_count),
        "pauses": [
            Pause(min(u, t), t, a, code, b) for t, u, code, a, b, _, _ in book.rows(Kind.GC)
        ],
        "jobs": book.jobs(),
        "failures": book.failures(lapses),
        "never_awaited": book.never_awaited(),
        "waiting": [
            Waiting(t, a, book.node(b), c) for t, _, _, a, b, c, _ in book.rows(Kind.WAITING)
        ],
        "lapses": lapses,
        "objects": {
            a: (book.string(b), c)
            for _, _, _, a, b, c, _ in book.rows(Kind.OBJECT)
            if a < book.most
        },
        "notes": [book.string(a) for _, _, _, a, _, _, _ in book.rows(Kind.NOTE)],
    }


def _sound_records(bodies: list[bytes], damages: list[str]) -> Records:
    parts = []
    for body in bodies:
        records = np.frombuffer(body, RECORD, len(body) // RECORD_BYTES)
        kinds = records["t"] >> CODE_SHIFT
        sound = (kinds >= Kind.LOOP) & (kinds <= Kind.WAITING)
        if not sound.all():
            stop = int(np.argmin(sound))
            if kinds[stop]:
                damages.append("Some facts about tasks are damaged and left out.")
            records = records[:stop]
        parts.append(records)
    return np.concatenate(parts) if parts else np.empty(0, RECORD)


class _FactBook:
    """The facts, sorted out by kind; every reference in them is checked."""

    def __init__(
        self, records: Records, kinds: Uint8s, strings: dict[int, str], words: Words
    ) -> None:
        self._records = records
        self._kinds = kinds
        self._strings = strings
        self._words = words
        self.most = SPARSEST_IDS * (len(records) + 64)
        """No id of a task, object or job is as large as this."""

    def rows(self, kind: Kind) -> list[Row]:
        """Return the records of one kind as plain integers."""
        found = self._records[self._kinds == kind]
        t, u = found["t"] & TIME_MASK, found["u"] & TIME_MASK
        code = found["u"] >> CODE_SHIFT
        columns = (t, u, code, found["a"], found["b"], found["c"], found["d"])
        return list(zip(*(column.tolist() for column in columns), strict=True))

    def string(self, number: int) -> str:
        """Return a string by number, "?" for an unknown one."""
        return self._strings.get(number, "?")

    def node(self, number: int) -> int:
        """Return a stack's number, 0 for an unknown one."""
        return number if number < len(self._words.node_parent) else 0

    def place(self, number: int) -> Location | None:
        """Return the innermost user place of a stack, None for none."""
        node = self.node(number)
        return self._words.user_location(node) if node else None

    def tasks(self) -> TaskTable:
        """Return the table of tasks, in order of creation."""
        found = self._records[self._kinds == Kind.TASK]
        found = found[(found["a"] > 0) & (found["a"] < self.most)]
        found = found[np.argsort(found["a"], kind="stable")]
        ids = found["a"].astype(np.uint32)
        row_of = np.full(int(ids.max(initial=0)) + 1, -1, np.int64)
        row_of[ids] = np.arange(len(ids))
        nodes = len(self._words.node_parent)
        return TaskTable(
            id=ids,
            created=(found["t"] & TIME_MASK).astype(np.int64),
            number=(found["u"] & TIME_MASK).astype(np.int64),
            flags=(found["u"] >> CODE_SHIFT).astype(np.uint8),
            coroutine=np.where(found["b"] < nodes, found["b"], 0).astype(np.uint32),
            creator=np.where(found["c"] < nodes, found["c"], 0).astype(np.uint32),
            parent=found["d"].astype(np.uint32),
            names={a: self.string(b) for _, _, _, a, b, _, _ in self.rows(Kind.NAME)},
            row_of=row_of,
        )

    def loops(self) -> dict[int, LoopInfo]:
        """Return the loops by number."""
        return {
            a: LoopInfo(a, self.string(b), self.string(c))
            for _, _, _, a, b, c, _ in self.rows(Kind.LOOP)
        }

    def samples(self, first_steps: dict[int, int], step_count: int) -> list[Sample]:
        """Return the samples whose step is known, in order of time."""
        samples = []
        for t, switches, state, loop, node, ordinal, _ in self.rows(Kind.SAMPLE):
            index = first_steps.get(loop, UNKNOWN_STEP) + ordinal
            if index < step_count:
                letter = chr(state) if state else ""
                samples.append(Sample(t, loop, self.node(node), index, letter, switches))
        return samples

    def jobs(self) -> dict[int, Job]:
        """Return the executor jobs by number."""
        return {
            a: Job(a, min(u, t), t, self._words.location(self.node(b)), self.string(c))
            for t, u, _, a, b, c, _ in self.rows(Kind.JOB)
        }

    def failures(self, lapses: dict[int, set[Lapse]]) -> list[Failure]:
        """Return the exceptions that ended tasks, in order of time."""
        lost = Lapse.EXCEPTION_NEVER_RETRIEVED
        return [
            Failure(
                a, t, self.string(b), self.string(c), self.place(d), lost not in lapses.get(a, ())
            )
            for t, _, _, a, b, c, d in self.rows(Kind.RAISED)
        ]

    def never_awaited(self) -> list[NeverAwaited]:
        """Return the coroutines that nobody awaited, in order of time."""
        return [
            NeverAwaited(t, a, self._words.location(self.node(b)), self.place(c))
            for t, _, _, a, b, c, _ in self.rows(Kind.NEVER_AWAITED)
        ]
