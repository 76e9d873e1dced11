"""What a learner works with: progress, files, and the runs of the programs as they were given."""

from collections.abc import Callable
from dataclasses import dataclass, field

from loopscope.learn.facts.studied import Studied
from loopscope.learn.flow.stages import Stage, stage_of
from loopscope.learn.lessons.model import Exercise
from loopscope.learn.progress.progress import Progress, Record
from loopscope.learn.progress.store import Store
from loopscope.learn.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Desk:
    """All that a learner works with.

    Attributes:
        store: Where progress is kept.
        progress: How far the learner is.
        workspace: The learner's folder.
        now_s: Returns the time, in seconds since 1970.
        runs: The runs of programs as they were given, by the name of their exercise.
    """

    store: Store
    progress: Progress
    workspace: Workspace
    now_s: Callable[[], int]
    runs: dict[str, Studied] = field(default_factory=dict)

    def record(self, exercise: Exercise) -> Record:
        """Return the learner's record of an exercise."""
        return self.progress.record(key_of(exercise))

    def stage(self, exercise: Exercise) -> Stage:
        """Return what comes next in an exercise."""
        return stage_of(exercise, self.record(exercise))

    def keep(self) -> None:
        """Write down how far the learner is."""
        self.store.keep(self.progress)

    def finish(self, exercise: Exercise, stage: Stage) -> None:
        """Note that a stage is over, and with the last one that the exercise is passed."""
        record = self.record(exercise)
        record.finished.append(stage)
        if self.stage(exercise) is Stage.DONE:
            record.passed_s = record.passed_s or self.now_s()
        self.keep()

    def begin_again(self, exercise: Exercise) -> None:
        """Let an exercise be taken once more; that it was passed, and what was written, stays."""
        record = self.record(exercise)
        record.finished.clear()
        record.comments.clear()
        self.keep()

    def reset(self, exercise: Exercise) -> None:
        """Forget all about an exercise, and put its program back as it was given."""
        self.progress.records.pop(key_of(exercise), None)
        self.workspace.reset(exercise)
        self.keep()

    def hint(self, exercise: Exercise) -> str:
        """Give the next hint; the last one again when all were given, "" where there is none."""
        if not exercise.hints:
            return ""
        record = self.record(exercise)
        record.hints = min(record.hints + 1, len(exercise.hints))
        self.keep()
        return exercise.hints[record.hints - 1]


def key_of(exercise: Exercise) -> str:
    """Return the name of an exercise in progress and on the command line."""
    return f"{exercise.folder.parent.name}/{exercise.id}"
