"""Grading one submission of level 3: the key, tried in 200 worlds, cancelled anywhere, and typed.

python bench/grading.py

Processor time of everything, all processes together: on a machine with nothing else to do it is
what a learner waits. The first time mypy has to read the types of the standard library, too.
"""

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from loopscope.learn.lessons.model import Exercise
from loopscope.learn.lessons.read_lesson import read_lesson
from loopscope.learn.lessons.shelf import find_lessons
from loopscope.learn.trials.grade import grade
from loopscope.learn.trials.typed import type_errors

BAR_S = 3.0
TIMES = 5
LEVEL = 3


def main() -> int:
    """Grade each as often as it takes to know; exit code 1 if one is too slow."""
    holds = True
    print(f"{'':<14}{'worlds':>8}{'first':>9}{'later':>9}{'of it mypy':>12}{'waited':>9}")
    for folder in find_lessons():
        for exercise in read_lesson(folder).exercises:
            if exercise.level == LEVEL:
                holds &= measured(exercise) <= BAR_S
    print("holds" if holds else "MISSED", f"(bar: {BAR_S:g} s of processor time, after the first)")
    return 0 if holds else 1


def measured(exercise: Exercise) -> float:
    """Return how many seconds grading the key of an exercise takes, and print its parts."""
    key = exercise.key or exercise.program
    with tempfile.TemporaryDirectory(prefix="grading-") as directory:
        tempfile.tempdir = directory  # where what mypy knows is kept
        first, _ = seconds(lambda: passes(exercise, key))
        runs = [seconds(lambda: passes(exercise, key)) for _ in range(TIMES)]
        mypy = [seconds(lambda: type_errors(key, exercise.folder))[0] for _ in range(TIMES)]
        tempfile.tempdir = None
    later = statistics.median(cpu for cpu, _ in runs)
    waited = statistics.median(wall for _, wall in runs)
    worlds = sum(trial.seeds for trial in exercise.trials)
    print(
        f"{exercise.id:<14}{worlds:>8}{first:>7.2f} s{later:>7.2f} s"
        f"{statistics.median(mypy):>10.2f} s{waited:>7.2f} s",
        flush=True,
    )
    return later


def passes(exercise: Exercise, key: Path) -> None:
    """Grade the key.

    Raises:
        SystemExit: It does not pass.
    """
    refusal = grade(exercise, key).refusal
    if refusal is not None:
        raise SystemExit(refusal.seen)


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return how many seconds something takes: of processors, of the clock."""
    cpu, wall = used(), time.perf_counter()
    work()
    return used() - cpu, time.perf_counter() - wall


def used() -> float:
    """Return the processor time of this process and all that it has started."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(one.ru_utime + one.ru_stime for one in map(resource.getrusage, whose))


if __name__ == "__main__":
    sys.exit(main())
