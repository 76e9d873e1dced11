"""Tests of the findings that the page shows, and of the predicted runs it can draw."""

import base64
import gzip
import json
import struct

import pytest
from tests.support import reported
from tests.trace_examples import blocked, convoy, crowd

from loopscope.views.html import findings_data as module
from loopscope.views.html.findings_data import findings_data


def column_counts(packed: str) -> dict[str, int]:
    """Return how many values each packed column has."""
    body = gzip.decompress(base64.b64decode(packed))
    (length,) = struct.unpack_from("<I", body)
    return {name: count for name, count, _, _ in json.loads(body[4 : 4 + length])}


def test_a_finding_says_what_where_and_how_sure() -> None:
    """The blocking call is named with its line, its rule's words and its confidence."""
    (first, *_) = findings_data(*reported(blocked()))
    expected = {
        "rule": "blocking-call",
        "title": "A call blocks the event loop",
        "file": "/app/app.py",
        "line": 11,
        "confidence": "seen",
    }
    assert {key: first[key] for key in expected} == expected


def test_what_can_be_tried_comes_with_the_run_it_would_lead_to() -> None:
    """Totals, assumptions, and the steps of tasks as packed columns of equal length."""
    (first, *_) = findings_data(*reported(convoy()))
    prediction = first["prediction"]
    assert isinstance(prediction, dict)
    assert prediction["recorded"] == 44_000_000
    assert prediction["saves"] == prediction["replayed"] - prediction["after"]
    assert all(sentence.endswith(".") for sentence in prediction["assumptions"])
    counts = column_counts(prediction["steps"])
    assert set(counts) == {"row", "gap", "ready", "length"}
    assert len(set(counts.values())) == 1


def test_a_very_long_run_is_not_predicted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a prediction could not be drawn none is made; what the finding saves is still told."""
    said = findings_data(*reported(convoy()))[0]["saves"]
    monkeypatch.setattr(module, "MOST_STEPS", 3)
    first = findings_data(*reported(convoy()))[0]
    assert (first["prediction"], first["saves"]) == (None, said)


def test_everything_is_plain_data() -> None:
    """The findings of any run can be written as JSON."""
    for trace in (blocked(), convoy(), crowd(3)):
        data = findings_data(*reported(trace))
        assert json.loads(json.dumps(data)) == data
