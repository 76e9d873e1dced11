"""The fixture ``trace``: what the loops of a test did, as the analysis sees it."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from loopscope.analysis.summary import Summary, summarise
from loopscope.analysis.tasks import task_life
from loopscope.errors import UsageError
from loopscope.model.records import Stall, TaskLife
from loopscope.recorder.recorder import Recorder
from loopscope.recorder.stage import simulated_stage
from loopscope.simulator.world import World
from loopscope.trace.reader import read_trace


class TraceView:
    """The recording of the run that goes on. The first look at it ends it."""

    def __init__(self) -> None:
        self._recorder: Recorder | None = None
        self._summary: Summary | None = None

    @property
    def summary(self) -> Summary:
        """Everything that ``loopscope show`` says of it, as data.

        Raises:
            UsageError: Nothing has been recorded: the test function does not run.
        """
        if self._summary is None:
            self._finish()
        if self._summary is None:
            raise UsageError(
                "The fixture trace shows what the test function has done so far: look at it "
                "there, not in other fixtures.",
                slug="fixture-outside",
            )
        return self._summary

    @property
    def tasks(self) -> Sequence[TaskLife]:
        """Every task with what its life was made of, in the order of creation."""
        summary = self.summary
        return [task_life(summary.timeline, summary.lives, row) for row in summary.rows]

    @property
    def stalls(self) -> Sequence[Stall]:
        """The lines that held a loop, the longest first."""
        return self.summary.stalls

    @contextlib.contextmanager
    def recorded(self, world: World, path: Path) -> Iterator[None]:
        """Record during the block, into a file that is needed only till its end."""
        self._summary = None
        stage = simulated_stage(lambda: world.now_ns, world.epoch_ns, world.seed)
        recorder = Recorder(path, "<test>", stage)
        self._recorder, before = recorder, world.on_held

        def on_held(waited: bool, began_ns: int) -> None:
            if before is not None:
                before(waited, began_ns)
            recorder.note_held(waited, began_ns)

        world.on_held = on_held
        recorder.start()
        try:
            yield
        finally:
            world.on_held = before
            self._stop()

    def _finish(self) -> None:
        recorder = self._recorder
        if recorder is not None:
            self._stop()
            self._summary = summarise(read_trace(recorder.path))

    def _stop(self) -> None:
        if self._recorder is not None:
            self._recorder.stop()
            self._recorder = None
