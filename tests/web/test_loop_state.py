"""The step-through of the page says the same as the analysis: two ways to the same moments."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.trace_examples import blocked, convoy, crowd

from loopscope.analysis.moment import moment_at
from loopscope.analysis.summary import Summary, summarise
from loopscope.trace.columns import Trace
from loopscope.trace.reader import read_trace
from loopscope.views.html.pack import pack_columns, pack_json
from loopscope.views.html.recording_data import recording_data

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DUMP = Path(__file__).with_name("state_dump.js")
EXAMPLES = (
    "gathered.py",
    "sequential.py",
    "producer_consumer.py",
    "restaurant.py",
    "user_and_orders.py",
    "loop/callbacks.py",
    "patterns/timeouts.py",
    "patterns/task_group.py",
    "patterns/error_handling.py",
)


def beats_of(summary: Summary) -> list[dict[str, Any]]:
    """Return what the page shows after each beat."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("There is no Node on this machine.")
    columns, words = recording_data(summary)
    packed = json.dumps({"columns": pack_columns(columns), "words": pack_json(words)})
    done = subprocess.run(
        [node, str(DUMP)], input=packed, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    beats: list[dict[str, Any]] = json.loads(done.stdout)
    return beats


def analysed(summary: Summary, beat: dict[str, Any]) -> tuple[set[str], set[str]] | None:
    """Return who is ready and who is suspended after a beat, None where a time cannot tell.

    Where steps take no time, many beats share a moment, which only knows the last of them.
    """
    steps, begin_ns = summary.trace.steps, summary.trace.begin_ns
    time = beat["time"] + begin_ns
    own = steps.loop == beat["loop"]
    if (steps.begin[own] == time).any() or ((steps.end[own] == time).sum() > 1):
        return None
    moment = moment_at(summary.timeline, summary.lives, time)
    (loop,) = [one for one in moment.loops if one.loop.id == beat["loop"]]
    ready = {one.name for one in loop.ready if one.is_noticed and one.task_id}
    late = {one.name for one in loop.ready if not one.is_noticed and one.task_id}
    return ready, {one.name for one in loop.suspended} | late


def check(trace: Trace) -> int:
    """Compare every beat that a time can tell; return how many those were."""
    summary = summarise(trace)
    compared = 0
    for beat in beats_of(summary):
        assert beat["isRight"]
        assert all(sentence.endswith(".") for sentence in beat["story"])
        expected = analysed(summary, beat)
        if expected is not None:
            compared += 1
            assert (set(beat["ready"]), set(beat["suspended"])) == expected, beat
    return compared


def test_traces_made_by_hand() -> None:
    """A stall, a lock that tasks queue for, a crowd that wakes at once."""
    assert sum(check(trace) for trace in (blocked(), convoy(), crowd(30))) >= 2


@pytest.mark.parametrize("example", EXAMPLES)
def test_real_programs(example: str, tmp_path: Path) -> None:
    """Recorded runs of the examples: queues, timeouts, callbacks, groups, failures."""
    trace = tmp_path / "example.loopscope"
    command = [sys.executable, "-m", "loopscope", "run", "-q"]
    subprocess.run(
        [*command, "--out", str(trace), str(ROOT / "examples" / example)],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert check(read_trace(trace)) >= 5
