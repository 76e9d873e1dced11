"""The process learners' programs are tried in: ``python -m loopscope.learn.trials.child``.

It is a process of its own, since what a learner writes may never end, or end Python. What it found
goes to a file, a line of JSON for each program; whatever a program prints is noted, not shown.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from loopscope.learn.lessons.model import Exercise, Reason, Trial
from loopscope.learn.lessons.read_lesson import read_lesson
from loopscope.learn.trials.attempt import Attempt, Candidate
from loopscope.learn.trials.cancelled import not_cancelled
from loopscope.learn.trials.judge import Refusal, refusal


def main(lesson: str, exercise_id: str, answers: str, trace: str, *programs: str) -> None:
    """Try programs, and write what was found of each as soon as it is known.

    Args:
        lesson: The lesson's folder.
        exercise_id: Which of its exercises.
        answers: Where what was found goes.
        trace: Where the recording goes of the run in which the last program was refused, or else
            of its first; "" for none.
        *programs: The learners' programs.
    """
    exercises = {one.id: one for one in read_lesson(Path(lesson)).exercises}
    exercise, keys = exercises[exercise_id], Keys(exercises[exercise_id])
    for program in programs:
        found = _first_refusal(exercise, keys, Path(program))
        with Path(answers).open("a", encoding="utf-8") as file:
            print(json.dumps(None if found is None else asdict(found)), file=file)
        if trace:
            _record(exercise, Path(program), found, Path(trace))


class Keys:
    """What the key of an exercise came to in each world: it runs once, for all programs.

    Args:
        exercise: The exercise.
    """

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self._candidates: dict[str, Candidate] = {}
        self._known: dict[tuple[str, int], Attempt] = {}

    def attempt(self, trial: Trial, seed: int) -> Attempt:
        """Return what the key came to in a world of a trial."""
        known = self._known.get((trial.name, seed))
        if known is None:
            key = self._candidates.get(trial.name)
            if key is None:
                assert self._exercise.key is not None  # noqa: S101  (the reader sees to it)
                key = Candidate(self._exercise.key, self._exercise.folder, trial)
                self._candidates[trial.name] = key
            known = self._known[trial.name, seed] = key.attempt(seed)
        return known


def _first_refusal(exercise: Exercise, keys: Keys, file: Path) -> Refusal | None:
    for trial in exercise.trials:
        found = _refusal(exercise, keys, trial, file)
        if found is not None:
            return found
    return None


def _refusal(exercise: Exercise, keys: Keys, trial: Trial, file: Path) -> Refusal | None:
    own = Candidate(file, exercise.folder, trial)
    for seed in range(trial.seeds):
        found = refusal(trial, seed, own.attempt(seed), keys.attempt(trial, seed))
        if found is not None:
            return found
    if trial.is_cancelled_anywhere:
        seen = not_cancelled(file, exercise.folder, trial)
        return Refusal(Reason.SWALLOWED, trial.name, 0, seen) if seen else None
    return None


def _record(exercise: Exercise, file: Path, found: Refusal | None, trace: Path) -> None:
    name = exercise.trials[0].name if found is None else found.trial
    trial = next(one for one in exercise.trials if one.name == name)
    Candidate(file, exercise.folder, trial).attempt(0 if found is None else found.seed, trace)


if __name__ == "__main__":
    main(*sys.argv[1:])
