"""What comes next in an exercise: predict, review, mend, answer for your own program, explain."""

from enum import StrEnum
from typing import Final

from loopscope.learn.lessons.model import Exercise
from loopscope.learn.progress.progress import Record

LEVELS: Final = {
    1: "predict and explain",
    2: "debug and fix",
    3: "design under constraints",
    4: "counter-example",
    5: "teach back",
}


class Stage(StrEnum):
    """A part of an exercise. Nothing of a later one is shown before an earlier one is over."""

    PREDICT = "predict"
    """All questions are answered before anything of the run is shown."""
    REVIEW = "review"
    """Each remark gets a comment, with rows of the run as evidence."""
    MEND = "mend"
    """The program is changed until it stands all trials."""
    OWN = "own"
    """Questions about the learner's own program, as it ran just now."""
    EXPLAIN = "explain"
    """The learner says why, before the key does."""
    DONE = "done"
    """Nothing is left to do."""


def shows_findings(stage: Stage) -> bool:
    """Whether a run may be shown with its findings: before that they say what is to be found."""
    return stage in (Stage.OWN, Stage.EXPLAIN, Stage.DONE)


def stages_of(exercise: Exercise) -> tuple[Stage, ...]:
    """Return what an exercise is made of, in order, without ``DONE``."""
    has = {
        Stage.PREDICT: exercise.questions,
        Stage.REVIEW: exercise.remarks,
        Stage.MEND: exercise.trials,
        Stage.OWN: exercise.trials,
        Stage.EXPLAIN: exercise.why,
    }
    return tuple(stage for stage, parts in has.items() if parts)


def stage_of(exercise: Exercise, record: Record) -> Stage:
    """Return the first stage of an exercise that is not finished yet."""
    left = (stage for stage in stages_of(exercise) if stage not in record.finished)
    return next(left, Stage.DONE)
