"""Goes through the seeds of a sweep, piece by piece, and counts every one exactly once."""

import re
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from loopscope.check.journal import Failed, Journal, Piece, gaps
from loopscope.check.machines import Died, Machines
from loopscope.check.pieces import Plan
from loopscope.check.rounds import Rounds
from loopscope.errors import CheckError

MOST_GROWTH: Final = 4
LARGEST_PIECE: Final = 2_000
DIED: Final = "crashed"
"""The kind of failure of a run that took its process with it."""

_EXIT_CODE: Final = re.compile(r"(?<=\{)\w+\(-?\d+\)|exit code -?\d+")

AHEAD: Final = 2
"""How many pieces each process has to do: one while it runs the other."""


@dataclass(slots=True)
class Results:
    """What a sweep has brought so far.

    Attributes:
        count: How many seeds were run.
        durations_ns: How long runs took, in virtual time, in the order of arrival; of those seeds
            only whose latencies are as described, since the others are not what is to be expected.
        failed: Those that did not hold.
    """

    count: int = 0
    durations_ns: "array[int]" = field(default_factory=lambda: array("q"))
    failed: list[Failed] = field(default_factory=list)

    def add(self, piece: Piece, plan: Plan) -> None:
        """Count a piece."""
        self.count += len(piece.durations_ns)
        died = {one.seed for one in piece.failed if one.kind == DIED}
        for seed, duration_ns in zip(piece.seeds, piece.durations_ns, strict=True):
            if plan.is_as_described(seed) and seed not in died:
                self.durations_ns.append(duration_ns)
        self.failed += piece.failed


class Sweep:
    """A sweep over seeds that follow each other.

    Args:
        plan: What is done with every seed.
        seeds: The seeds.
        journal: Where it is written down; what is there already is not done again.
        machines: Where it runs.

    Attributes:
        results: What it has brought so far.
    """

    def __init__(self, plan: Plan, seeds: range, journal: Journal, machines: Machines) -> None:
        self.results = Results()
        self._plan = plan
        self._rounds = Rounds(plan, seeds)
        self._journal = journal
        self._machines = machines
        self._todo = deque(gaps(seeds.start, len(seeds), journal.pieces))
        self._suspects: deque[range] = deque()
        """Seeds that were under way when a process died; they run alone until it is known which."""
        self._size = machines.first_piece
        for piece in journal.pieces:
            self._note(piece)

    def run(self, tell: Callable[[int], None]) -> None:
        """Run all that is left to do.

        Args:
            tell: Told how many more seeds are done.

        Raises:
            LoopscopeError: The world or a promise does not fit the program; no place to run.
        """
        under_way: dict[Any, range] = {}
        while self._todo or self._suspects or under_way:
            for seeds in self._next(len(under_way)):
                under_way[self._machines.submit(self._plan_of(seeds), seeds)] = seeds
            for future in self._machines.wait(list(under_way)):
                seeds = under_way.pop(future)
                piece: Piece | None
                try:
                    piece = self._machines.piece(future)
                except Died as error:
                    piece = self._narrow(seeds, str(error), is_alone=not under_way)
                if piece is not None:
                    self._count(piece)
                    tell(len(piece.seeds))

    def _next(self, under_way: int) -> Iterator[range]:
        """Yield what to begin with now."""
        if self._suspects:
            if not under_way:
                yield self._suspects.popleft()
            return
        for _ in range(under_way, AHEAD * self._machines.slots):
            if not self._todo or self._rounds.plan_of(self._todo[0].start) is None:
                return
            left = self._todo.popleft()
            seeds = self._rounds.cut(left, self._size, self._machines.slots)
            if len(seeds) < len(left):
                self._todo.appendleft(left[len(seeds) :])
            yield seeds

    def _narrow(self, seeds: range, how: str, *, is_alone: bool) -> Piece | None:
        """A process died while it ran these seeds, or others: find out which it was."""
        if len(seeds) > 1:
            half = len(seeds) // 2
            self._suspects += [seeds[:half], seeds[half:]]
        elif not is_alone:
            self._suspects.append(seeds)
        else:
            code = "".join(_EXIT_CODE.findall(how)[:1])
            what = f"It ended the whole process{f' ({code})' if code else ''}."
            seed = seeds.start
            case = self._plan_of(seeds).case(seed).written()
            return Piece(seed, (0,), (Failed(seed, case, DIED, "", what, 0),))
        return None

    def _count(self, piece: Piece) -> None:
        for one in piece.failed:
            if one.is_world:
                raise CheckError(
                    f"The sweep was stopped at seed {one.seed}, since the world does not fit the "
                    f"program: {one.broken}",
                    slug="check-world",
                )
        self._journal.add(piece)
        self._note(piece)
        if piece.took_ns and piece.runs:
            fitting = int(self._machines.piece_s * 1e9 * piece.runs / piece.took_ns)
            self._size = max(1, min(fitting, self._size * MOST_GROWTH, LARGEST_PIECE))

    def _note(self, piece: Piece) -> None:
        self.results.add(piece, self._plan)
        self._rounds.note(piece)

    def _plan_of(self, seeds: range) -> Plan:
        """Return what is done with seeds of a round whose turn it is."""
        plan = self._rounds.plan_of(seeds.start)
        assert plan is not None  # noqa: S101  (they were not taken before that was known)
        return plan
