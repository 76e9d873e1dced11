"""What a session works with: whom it talks to, what is kept, where the learner's files are."""

from collections.abc import Callable
from dataclasses import dataclass

from loopscope.learn.lessons.model import Exercise
from loopscope.learn.progress.progress import Progress, Record
from loopscope.learn.progress.store import Store
from loopscope.learn.terminal.talk import Talk
from loopscope.learn.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Desk:
    """All that a session works with.

    ``now_s`` returns the time, in seconds since 1970.
    """

    talk: Talk
    store: Store
    progress: Progress
    workspace: Workspace
    now_s: Callable[[], int]

    def record(self, exercise: Exercise) -> Record:
        """Return the learner's record of an exercise."""
        return self.progress.record(key_of(exercise))

    def keep(self) -> None:
        """Write down how far the learner is."""
        self.store.keep(self.progress)


def key_of(exercise: Exercise) -> str:
    """Return the name of an exercise in progress and on the command line."""
    return f"{exercise.folder.parent.name}/{exercise.id}"


def hint(desk: Desk, exercise: Exercise) -> None:
    """Give the next hint; the last one again when all were given."""
    record = desk.record(exercise)
    if not exercise.hints:
        desk.talk.say("   There is no hint here.")
        return
    number = min(record.hints, len(exercise.hints) - 1)
    record.hints = number + 1
    desk.keep()
    desk.talk.say(f"   Hint {number + 1} of {len(exercise.hints)}: {exercise.hints[number]}")
