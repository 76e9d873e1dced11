"""The findings of a run as data for the page, and the runs that their changes would lead to."""

from collections.abc import Sequence

import numpy as np

from loopscope.analysis.rules.catalogue import ALL_RULES
from loopscope.analysis.summary import Summary
from loopscope.analysis.whatif.changed import NothingThere
from loopscope.analysis.whatif.predict import Model, Prediction, make_model, predict
from loopscope.model.finding import Finding
from loopscope.trace.columns import Trace
from loopscope.views.html.pack import pack_columns
from loopscope.views.html.places import clip

MOST_PREDICTED = 8
"""For how many findings a prediction is made: those with the most time at stake come first."""

MOST_STEPS = 200_000
"""Predicted steps that a page holds in all: about four bytes each. Beyond, only totals are told; of
a trace with more steps than this, only what each finding itself says it would save."""


def findings_data(summary: Summary, findings: Sequence[Finding]) -> list[dict[str, object]]:
    """Return the findings of a run, in their order, as JSON-ready data.

    ``prediction`` is None where a finding names no change, or one that cannot be tried; its
    ``steps`` are packed columns, or "" where they would make the page too large.
    """
    titles = {rule.name: (rule.title, rule.why) for rule in ALL_RULES}
    predictions = _predictions(summary, findings)
    return [
        {
            "rule": one.rule,
            "title": titles.get(one.rule, (one.rule, ""))[0],
            "why": titles.get(one.rule, (one.rule, ""))[1],
            "file": one.where.file,
            "line": one.where.line,
            "message": clip(one.message),
            "remedy": clip(one.remedy),
            "confidence": one.confidence.name.lower(),
            "saves": one.saves_ns,
            "isAtMost": one.is_at_most,
            "prediction": predictions.get(at),
        }
        for at, one in enumerate(findings)
    ]


def _predictions(summary: Summary, findings: Sequence[Finding]) -> dict[int, dict[str, object]]:
    """Return what the changes of the first findings would lead to, by the finding's number."""
    chosen = [at for at, one in enumerate(findings) if one.changes][:MOST_PREDICTED]
    if not chosen or len(summary.trace.steps) > MOST_STEPS:
        return {}  # each would take long, and could not be drawn
    model = make_model(summary.timeline, summary.lives)
    made: dict[int, dict[str, object]] = {}
    room = MOST_STEPS
    for at in chosen:
        prediction = _predict(model, findings[at])
        if prediction is not None:
            fits = len(prediction.steps.step) <= room
            room -= len(prediction.steps.step) if fits else 0
            made[at] = _prediction_data(summary.trace, prediction, has_steps=fits)
    return made


def _predict(model: Model, finding: Finding) -> Prediction | None:
    """Predict; a finding about something that the run did not get to has nothing to predict."""
    try:
        return predict(model, finding.changes)
    except NothingThere:
        return None


def _prediction_data(trace: Trace, made: Prediction, *, has_steps: bool) -> dict[str, object]:
    return {
        "recorded": made.recorded_ns,
        "replayed": made.replayed_ns,
        "after": made.after_ns,
        "saves": made.saves_ns,
        "isAtMost": made.is_at_most,
        "assumptions": [clip(sentence) for sentence in made.assumptions],
        "steps": _packed_steps(trace, made) if has_steps else "",
    }


def _packed_steps(trace: Trace, made: Prediction) -> str:
    """Pack the steps of tasks: ``row``, ``gap`` to the begin before, ``ready`` before, ``length``.

    Callbacks are left out: the timeline draws predicted tasks only.
    """
    steps = made.steps
    rows = trace.tasks.rows(steps.task)
    kept = rows >= 0
    begin = steps.begin[kept]
    columns = {
        "row": rows[kept],
        "gap": np.diff(begin, prepend=0),
        "ready": begin - steps.ready[kept],
        "length": steps.end[kept] - begin,
    }
    return pack_columns(columns)
