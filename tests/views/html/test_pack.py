"""What Python packs is what the page's scripts read."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import trace_examples
from tests.support import loopscope
from tests.trace_builder import TraceBuilder

from loopscope.analysis.names import TaskNames
from loopscope.analysis.summary import Summary, summarise
from loopscope.analysis.wait_kinds import KINDS
from loopscope.trace.columns import Trace
from loopscope.trace.reader import read_trace
from loopscope.views.html.await_table import await_table
from loopscope.views.html.pack import pack_columns, pack_json
from loopscope.views.html.places import PlaceTable
from loopscope.views.html.recording_data import recording_data

NODE = shutil.which("node")
DUMP = Path(__file__).parents[2] / "web" / "decode_dump.js"
ROOT = Path(__file__).parents[3]
EXAMPLES: dict[str, Callable[[], Trace]] = {
    "blocked": trace_examples.blocked,
    "convoy": trace_examples.convoy,
    "crowd": lambda: trace_examples.crowd(50),
    "nothing": lambda: TraceBuilder().build(),
}


@pytest.fixture(scope="module")
def summaries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Summary]:
    """Hand-made traces, and simulated ones of real programs."""
    made = {name: summarise(make()) for name, make in EXAMPLES.items()}
    folder = tmp_path_factory.mktemp("traces")
    for name in ("restaurant", "producer_consumer", "patterns/timeouts"):
        target = folder / f"{Path(name).name}.loopscope"
        script = ROOT / "examples" / f"{name}.py"
        loopscope("simulate", "-q", "--cost", "none", "--out", str(target), str(script), cwd=folder)
        made[name] = summarise(read_trace(target))
    return made


def read_by_page(parts: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Return what the page's scripts read."""
    if NODE is None:
        pytest.skip("There is no Node on this machine.")
    told = "".join(json.dumps(one) + "\n" for one in parts)
    done = subprocess.run([NODE, str(DUMP)], input=told, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


@settings(max_examples=5, deadline=None)
@given(
    st.lists(
        st.lists(st.integers(-(2**52), 2**52) | st.integers(-300, 300), max_size=20), max_size=40
    )
)
def test_columns_of_any_integers_come_through(columns: list[list[int]]) -> None:
    """Integers of either sign come back as they were: 52 bits, which is 52 days in ns."""
    named = {f"c{at}": np.array(values, np.int64) for at, values in enumerate(columns)}
    (read,) = read_by_page([{"columns": pack_columns(named)}])
    assert read == {name: values.tolist() for name, values in named.items()}


def test_packing_repeats() -> None:
    """The same columns and words give the same text: no clock and no name is in it."""
    columns = {"a": np.arange(1000), "b": np.array([-5, 5])}
    assert pack_columns(columns) == pack_columns(columns)
    assert pack_json({"a": "ü\ud800</script>"}) == pack_json({"a": "ü\ud800</script>"})


def test_the_page_reads_what_the_analysis_says(summaries: dict[str, Summary]) -> None:
    """For every example: times, wakes and waits in the page are those of the analysis."""
    data = [recording_data(summary) for summary in summaries.values()]
    parts = [{"columns": pack_columns(one), "words": pack_json(words)} for one, words in data]
    for summary, read in zip(summaries.values(), read_by_page(parts), strict=True):
        timeline, trace = summary.timeline, summary.trace
        steps, turns, origin = trace.steps, trace.turns, trace.begin_ns
        assert read["begin"] == (steps.begin - origin).tolist()
        assert read["end"] == (steps.end - origin).tolist()
        assert read["ready"] == (steps.ready - origin).tolist()
        assert read["due"] == (timeline.due - origin).tolist()
        assert read["waker"] == steps.waker.tolist()
        assert read["origin"] == timeline.origin.tolist()
        assert read["previous"] == timeline.previous.tolist()
        begin = np.where(timeline.wait_begin >= 0, timeline.wait_begin - origin, -1)
        assert read["waitBegin"] == begin.tolist()
        rows = [int(trace.tasks.row_of[task]) if task else -1 for task in steps.task.tolist()]
        assert read["row"] == rows
        has_steps = np.append(turns.first_step[1:], len(steps)) > turns.first_step
        assert read["idleBegin"] == (turns.idle_begin - origin)[has_steps].tolist()
        assert read["idleEnd"] == (turns.idle_end - origin)[has_steps].tolist()
        assert read["firstStep"] == summary.lives.first_step.tolist()
        assert read["ended"] == (summary.lives.ended - origin).tolist()
        assert read["created"] == (summary.lives.created - origin).tolist()
        path = summary.loops[0].path if summary.loops else None
        assert read["path"] == (path.step_indexes.tolist() if path else [])


def test_every_suspension_has_its_words(summaries: dict[str, Summary]) -> None:
    """The table names the kind that the analysis found for each wait that ended."""
    for summary in summaries.values():
        timeline = summary.timeline
        table = await_table(timeline, TaskNames(summary.trace), PlaceTable())
        ended = np.flatnonzero((timeline.wait_begin >= 0) & (timeline.previous >= 0))
        begun = table.what[timeline.previous[ended]]
        told = [table.rows[entry][0] for entry in begun.tolist()]
        assert told == [KINDS[kind].value for kind in timeline.wait_kind[ended].tolist()]
