"""The process a learner's program is tried in: ``python -m loopscope.learn.trials.child``.

It is a process of its own, since what a learner writes may never end, or end Python. What it found
goes to a file, as JSON; whatever the program prints is noted, not shown.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from loopscope.learn.lessons.model import Exercise, Reason, Trial
from loopscope.learn.lessons.read_lesson import read_lesson
from loopscope.learn.trials.attempt import Candidate
from loopscope.learn.trials.cancelled import not_cancelled
from loopscope.learn.trials.judge import Refusal, refusal


def main(lesson: str, exercise_id: str, program: str, answer: str, trace: str) -> None:
    """Try a program, and write what was found.

    Args:
        lesson: The lesson's folder.
        exercise_id: Which of its exercises.
        program: The learner's program.
        answer: Where what was found goes.
        trace: Where the recording goes of the run that was refused, or else of the first; "" for
            none.
    """
    exercises = {one.id: one for one in read_lesson(Path(lesson)).exercises}
    exercise, file = exercises[exercise_id], Path(program)
    found = _first_refusal(exercise, file)
    if trace:
        _record(exercise, file, found, Path(trace))
    Path(answer).write_text(json.dumps(None if found is None else asdict(found)))


def _first_refusal(exercise: Exercise, file: Path) -> Refusal | None:
    for trial in exercise.trials:
        found = _refusal(exercise, trial, file)
        if found is not None:
            return found
    return None


def _refusal(exercise: Exercise, trial: Trial, file: Path) -> Refusal | None:
    assert exercise.key is not None  # noqa: S101  (the reader sees to it)
    own = Candidate(file, exercise.folder, trial)
    key = Candidate(exercise.key, exercise.folder, trial)
    for seed in range(trial.seeds):
        found = refusal(trial, seed, own.attempt(seed), key.attempt(seed))
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
