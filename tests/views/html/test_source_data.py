"""Tests of what the page says each line of the program cost."""

from tests.trace_builder import MS, SLEEP, TIMER_OF_SLEEP, TraceBuilder
from tests.trace_examples import blocked

from loopscope.analysis.timeline import derive_timeline, task_lives
from loopscope.model.kinds import WakeKind
from loopscope.trace.columns import Trace
from loopscope.views.html.source_data import source_data

FILE = "/app/app.py"


def lines_of(trace: Trace) -> dict[int, list[int]]:
    """Return what the page says of each line of ``app.py``."""
    timeline = derive_timeline(trace)
    data = source_data(timeline, task_lives(timeline))
    assert list(data) == [FILE]
    return {line: rest for line, *rest in data[FILE]}


def test_waits_and_steps_are_counted_at_their_lines() -> None:
    """Waits count where a task stood, steps where it went on, a stall where it was seen."""
    assert lines_of(blocked()) == {
        1: [0, 1 * MS, 1, 0, 0],  # main begins
        2: [113 * MS, 1 * MS, 1, 0, 0],  # main waits for its task group, and goes on
        6: [0, 1 * MS, 1, 0, 0],  # the ticker begins
        7: [111 * MS, 1 * MS, 1, 0, 0],  # its sleep: over only when the loop noticed
        9: [0, 0, 1, 0, 0],  # the blocker begins
        10: [10 * MS, 100 * MS, 1, 0, 0],  # its sleep, then the step that held the loop
        11: [0, 0, 0, 1, 100 * MS],  # where it held it
    }


def test_a_wait_counts_for_every_line_of_its_stack() -> None:
    """The line that awaits a function takes as long as what the function waits for."""
    script = TraceBuilder("async def main():\n    await load()\n\nasync def load():\n    await x")
    main = script.task(1, coroutine="main:1")
    script.run(0)
    script.turn(0, 0)
    stack = ("main:2", "load:5", SLEEP)
    script.step(main, (0, 0, MS), stack, wake=WakeKind.OUTSIDE)
    script.turn(MS, 5 * MS)
    timer = script.callback(TIMER_OF_SLEEP, (5 * MS, 5 * MS, 5 * MS), wake=WakeKind.TIMER)
    script.turn(5 * MS, 5 * MS)
    script.step(main, (5 * MS, 5 * MS, 7 * MS), by=timer)
    script.stop(7 * MS)
    assert lines_of(script.build()) == {
        1: [0, 1 * MS, 1, 0, 0],
        2: [4 * MS, 0, 0, 0, 0],
        5: [4 * MS, 2 * MS, 1, 0, 0],
    }


def test_a_wait_that_never_ended_counts_up_to_the_end() -> None:
    """What still waits when the recording ends has waited until then."""
    script = TraceBuilder("async def main():\n    await forever")
    main = script.task(1, coroutine="main:1")
    script.run(0)
    script.turn(0, 0)
    script.step(main, (0, 0, MS), ("main:2", SLEEP), wake=WakeKind.OUTSIDE)
    script.stop(MS)
    assert lines_of(script.build(end=9 * MS)) == {1: [0, MS, 1, 0, 0], 2: [8 * MS, 0, 0, 0, 0]}
