"""Tests of the numbers that the page's summary draws."""

import json

from tests.trace_builder import MS, TraceBuilder
from tests.trace_examples import blocked, convoy, crowd

from loopscope.analysis.summary import summarise
from loopscope.analysis.timeline import derive_timeline
from loopscope.views.html.summary_data import (
    BUCKETS,
    lag_histogram,
    load_over_time,
    summary_data,
)


def test_the_load_counts_what_waits_and_what_is_ready() -> None:
    """Fifty sleeps over 10 ms, then fifty tasks that run in turn: both counts show it."""
    load = load_over_time(derive_timeline(crowd(50)))
    assert [len(load["waits"]), len(load["ready"])] == [BUCKETS, BUCKETS]
    assert load["waits"][:200] == [50] * 200
    assert load["waits"][-1] == 0
    assert max(load["ready"]) == 49  # the first of them runs at once
    assert load["ready"][-1] == 41  # of a part of 42 microseconds, with a step each


def test_a_wait_shorter_than_a_part_of_the_run_is_still_seen() -> None:
    """The load is the peak within each part, so that nothing falls between two looks."""
    load = load_over_time(derive_timeline(convoy(count=4, held_ms=10)))
    assert max(load["waits"]) == 1
    assert min(load["waits"][1:]) >= 0


def test_the_histogram_counts_every_wake_once() -> None:
    """Bars follow one another without a gap and hold all steps that waited for the loop."""
    timeline = derive_timeline(blocked())
    bars = lag_histogram(timeline)
    assert sum(count for _, _, count in bars) == len(timeline.trace.steps)
    assert [bar[1] for bar in bars[:-1]] == [bar[0] for bar in bars[1:]]
    assert bars[-1][0] < 90 * MS <= bars[-1][1]  # the timer that was due while the loop was held


def test_everything_is_plain_data() -> None:
    """The summary of a run, and that of a trace in which nothing ran, can be written as JSON."""
    script = TraceBuilder()
    script.run(0)
    script.stop(0)
    for trace in (blocked(), convoy(), script.build()):
        data = summary_data(summarise(trace))
        assert json.loads(json.dumps(data)) == data


def test_waits_and_tasks_have_the_names_people_know() -> None:
    """The slowest waits say who, at which line, and from when on."""
    slowest = summary_data(summarise(blocked()))["slowest"]
    assert isinstance(slowest, list)
    first = slowest[0]
    expected = {"name": "main", "line": 2, "begin": MS, "isOver": True}
    assert {key: first[key] for key in expected} == expected
