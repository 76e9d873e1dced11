"""Predicts from the recorded original how long it takes with changes."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

from loopscope.analysis.timeline import derive_timeline, task_lives
from loopscope.analysis.whatif.changed import NothingThere
from loopscope.analysis.whatif.predict import Model, make_model, predict
from loopscope.errors import TraceError
from loopscope.model.changes import Together
from loopscope.trace.reader import read_trace

MOST_STEPS: Final = 200_000
"""A longer run is not replayed."""


class Predictor:
    """Answers from one recording, which is read when it is first asked.

    Args:
        trace: The recording.
    """

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    @cached_property
    def _model(self) -> Model | None:
        try:
            recorded = read_trace(self._trace)
        except TraceError:
            return None
        if len(recorded.steps) > MOST_STEPS:
            return None
        timeline = derive_timeline(recorded)
        return make_model(timeline, task_lives(timeline))

    def after_ns(self, changes: Sequence[Together]) -> int | None:
        """Return how long the loops run with changes; None where that cannot be predicted."""
        model = self._model
        if model is None:
            return None
        try:
            prediction = predict(model, changes)
        except NothingThere:
            return None
        return prediction.recorded_ns - prediction.saves_ns
