"""The recording as the page reads it, also where a trace is damaged."""

from dataclasses import replace

import numpy as np
from tests.trace_examples import convoy

from loopscope.analysis.summary import summarise
from loopscope.model.kinds import StepEnd
from loopscope.views.html.recording_data import recording_data


def test_a_step_of_an_unknown_task_has_a_place() -> None:
    """The page looks for what belongs to no task among the places, however the step ended."""
    trace = convoy()
    index = int(np.flatnonzero(trace.steps.how_end == StepEnd.SUSPENDED)[-1])
    task = trace.steps.task.copy()
    task[index] = 0
    columns, words = recording_data(
        summarise(replace(trace, steps=replace(trace.steps, task=task)))
    )
    assert columns["row"][index] == 0
    places = words["places"]
    assert isinstance(places, list)
    where = trace.words.location(int(trace.steps.stack[index]))
    assert places[int(columns["what"][index])][1:3] == [where.function, where.line]
