"""Finds the smallest world in which a program still fails in the same way."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from loopscope.check.case import Case, Value
from loopscope.check.choices import Choice
from loopscope.check.outcome import Outcome

MOST_RUNS: Final = 200
_ROUND: Final = (10, 15, 20, 30, 40, 50, 60, 70, 80, 90)

Run = Callable[[Case], Outcome]


@dataclass(frozen=True, slots=True)
class Shrunk:
    """The smallest failing world that was found.

    Attributes:
        outcome: What came of the run in it; its case repeats that run.
        choices: Everything that is not as usual in it.
        runs: How many runs it took to find it.
    """

    outcome: Outcome
    choices: tuple[Choice, ...]
    runs: int

    @property
    def case(self) -> Case:
        """What determines the run in the smallest world."""
        return self.outcome.case

    def lines(self) -> list[str]:
        """Return what is not as usual, a line each."""
        return [choice.text() for choice in self.choices]


def shrink(failing: Outcome, run: Run, most_runs: int = MOST_RUNS) -> Shrunk:
    """Find a smaller world in which the same promise is broken at the same lines.

    First everything becomes as usual that can without the failure going away, then durations come
    as near to the usual ones as they can, in round numbers. It is the same search every time.

    Args:
        failing: What came of a run that broke a promise, with its choices.
        run: Runs the program.
        most_runs: After so many runs, the best so far is it.
    """
    search = _Search(failing, run, most_runs)
    unusual = [one for one in failing.choices if not one.is_usual]
    kept = {one.key: one.value for one in unusual}
    if search.fails({}):
        kept = {}
    elif search.fails(kept):
        by_oddity = sorted(unusual, key=lambda one: -_oddity(one))
        kept = _fewest(_first_failing(by_oddity, search), search)
        usual = {one.key: one.usual for one in unusual}
        if len(kept) > 1:
            kept = _joined(kept, usual, search)
        kept = _nearer(kept, usual, search)
    return search.result(kept)


class _Search:
    """Runs candidates, each once, and remembers what came of them."""

    def __init__(self, failing: Outcome, run: Run, most_runs: int) -> None:
        self._failing = failing
        self._run = run
        self._most = most_runs
        self._known: dict[tuple[tuple[str, Value], ...], Outcome] = {}

    def fails(self, forced: dict[str, Value]) -> bool:
        """Whether the program fails in the same way with these choices, all others as usual."""
        outcome = self._outcome(forced)
        return (
            outcome is not None
            and outcome.broken is not None
            and outcome.group == self._failing.group
        )

    def _outcome(self, forced: dict[str, Value]) -> Outcome | None:
        key = tuple(sorted(forced.items()))
        if key not in self._known and len(self._known) < self._most:
            case = replace(self._failing.case, guide="", forced=forced, is_minimal=True)
            self._known[key] = self._run(case)
        return self._known.get(key)

    def result(self, forced: dict[str, Value]) -> Shrunk:
        """Return what was found; the failure as it was where nothing smaller was."""
        outcome = self._outcome(forced) if self.fails(forced) else None
        outcome = outcome or self._failing
        choices = tuple(one for one in outcome.choices if not one.is_usual)
        return Shrunk(outcome, choices, len(self._known))


def _oddity(choice: Choice) -> float:
    """Return how far a choice is from the usual one; a failure is further than any duration."""
    if isinstance(choice.value, str) or isinstance(choice.usual, str):
        return 1000.0
    return abs(math.log((choice.value + 1) / (choice.usual + 1)))


def _first_failing(by_oddity: Sequence[Choice], search: _Search) -> dict[str, Value]:
    """Return the fewest of the oddest choices that fail, up to a factor of two."""
    count = 1
    while count < len(by_oddity):
        kept = {one.key: one.value for one in by_oddity[:count]}
        if search.fails(kept):
            return kept
        count *= 2
    return {one.key: one.value for one in by_oddity}


def _fewest(kept: dict[str, Value], search: _Search) -> dict[str, Value]:
    """Return choices none of which can be left out, by leaving out halves, quarters ..."""
    parts = 2
    while len(kept) > 1:
        keys = list(kept)
        size = -(-len(keys) // parts)
        for start in range(0, len(keys), size):
            part = keys[start : start + size]
            without = {key: value for key, value in kept.items() if key not in part}
            alone = {key: kept[key] for key in part}
            smaller = next((one for one in (alone, without) if one and search.fails(one)), None)
            if smaller is not None and len(smaller) < len(kept):
                kept, parts = smaller, max(2, parts - 1)
                break
        else:
            if size == 1:
                return kept
            parts = min(2 * parts, len(keys))
    return kept


def _joined(kept: dict[str, Value], usual: dict[str, Value], search: _Search) -> dict[str, Value]:
    """Return fewer choices where one long delay does what several shorter ones did together."""
    delays = {key: _delay(value, usual[key]) for key, value in kept.items()}
    keys = [key for key, delay in delays.items() if delay > 0]
    for key in keys:
        for other in keys:
            value = kept.get(key)
            if other == key or other not in kept or not isinstance(value, int):
                continue
            fewer = {one: kept[one] for one in kept if one != other}
            fewer[key] = value + delays[other]
            if search.fails(fewer):
                kept = fewer
                delays[key] += delays[other]
    return kept


def _delay(value: Value, usual: Value) -> int:
    return value - usual if isinstance(value, int) and isinstance(usual, int) else 0


def _nearer(kept: dict[str, Value], usual: dict[str, Value], search: _Search) -> dict[str, Value]:
    """Return durations as near to the usual ones as they may be, in round numbers."""
    for key, value in list(kept.items()):
        ordinary = usual[key]
        if not isinstance(value, int) or not isinstance(ordinary, int):
            continue
        candidates = [*_round_between(ordinary, value), value]
        low, high = 0, len(candidates) - 1
        while low < high:
            middle = (low + high) // 2
            if search.fails({**kept, key: candidates[middle]}):
                high = middle
            else:
                low = middle + 1
        kept = {**kept, key: candidates[low]}
        further = {**kept, key: _rounded_away(ordinary, candidates[low])}
        if search.fails(further):
            kept = further
    return kept


def _rounded_away(usual: int, value: int) -> int:
    """Return a duration rounded to two digits, away from the usual one."""
    unit = int(10 ** max(len(str(value)) - 2, 0))
    return -(-value // unit) * unit if value > usual else value // unit * unit


def _round_between(usual: int, value: int) -> Iterable[int]:
    """Return round durations between two, those nearer to the usual one first."""
    least, most = min(usual, value), max(usual, value)
    numbers = {
        digits * 10**power
        for power in range(max(len(str(least)) - 2, 0), len(str(most)) + 1)
        for digits in _ROUND
    }
    numbers |= {usual * factor for factor in (2, 3, 5, 10)}
    inside = [number for number in numbers if least < number < most]
    return sorted(inside, reverse=value < usual)
