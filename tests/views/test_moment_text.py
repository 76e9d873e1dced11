"""One moment as text."""

from tests.trace_builder import MS, SLEEP, TraceBuilder
from tests.trace_examples import blocked, convoy, crowd, eager_child

from loopscope.analysis.moment import moment_at
from loopscope.analysis.timeline import derive_timeline, task_lives
from loopscope.model.kinds import WakeKind
from loopscope.trace.columns import Trace
from loopscope.views.terminal.glyphs import ASCII, UNICODE, Glyphs
from loopscope.views.terminal.moment_text import moment_lines


def told(trace: Trace, time_ns: int, glyphs: Glyphs = UNICODE, width: int = 80) -> list[str]:
    """Write a moment as plain lines, none of them too wide."""
    timeline = derive_timeline(trace)
    moment = moment_at(timeline, task_lives(timeline), time_ns)
    lines = moment_lines(moment, glyphs, width)
    assert all(line.cell_len <= width for line in lines)
    return [line.plain for line in lines]


def test_a_stall_names_its_line_and_those_it_keeps_waiting() -> None:
    """The holder, its call and its line come first, then who could have run."""
    assert told(blocked(), 30 * MS) == [
        "At 0.030 s of 0.116 s",
        "",
        "blocker holds the loop in time.sleep(0.1) at app.py:11: 18 ms so far, 100 ms in",
        "all",
        "",
        "Due, but the loop has not looked yet (1):",
        "  ticker  for 8 ms: its timer is due",
        "",
        "Suspended (1):",
        "  main    waits for its task group at app.py:2 for 29 ms; 2 of its tasks still",
        "          live",
    ]


def test_who_waits_for_the_same_is_told_together() -> None:
    """Many tasks of which the same is said share an entry, with the holder of the lock."""
    assert told(convoy(count=6), 15 * MS) == [
        "At 0.015 s of 0.066 s",
        "1 task over by then",
        "",
        "The loop is idle: nothing has been ready for 4 ms, nor will be for 6 ms",
        "",
        "Suspended (5):",
        "  worker-3, worker-4, worker-5 and 1 more",
        "            waits for a lock (async with lock) at app.py:2 for up to 15 ms;",
        "            worker-2 has it",
        "  worker-2  waits for its sleep (asyncio.sleep(1)) at app.py:3 for 4 ms",
    ]


def test_thousands_that_are_ready_are_one_entry() -> None:
    """The head of a long queue is named and the rest is counted."""
    assert told(crowd(30_000), 25 * MS) == [
        "At 0.025 s of 0.040 s",
        "15,000 tasks over by then",
        "",
        "fetch-15001 runs, resumed at app.py:2: 0 s so far, 1 µs in all",
        "",
        "Ready, in this order (14,999):",
        "  fetch-15002, fetch-15003, fetch-15004 and 14,996 more",
        "               for up to 15 ms: its timer is due",
    ]


def test_each_state_of_a_loop_has_its_sentence() -> None:
    """Running from the beginning, between two steps, and stopped; in ASCII where needed."""
    script = TraceBuilder()
    script.task(1, "größe")
    script.run(0)
    script.turn(0, 0)
    script.step(1, (0, 2000, 4000), ("main:1", SLEEP), wake=WakeKind.OUTSIDE)
    script.stop(9000)
    trace = script.build()
    assert told(trace, 3000, ASCII)[2:] == [
        "gr??e runs, from its beginning: 1 us so far, 2 us in all"
    ]
    assert told(trace, 6000)[2] == "The loop is between two steps"
    assert told(trace, 10_000)[2] == "The loop does not run"


def test_an_eager_task_tells_who_waits_beneath_it() -> None:
    """A task that runs inside another's step says so."""
    assert told(eager_child(), 3)[2:] == [
        "child runs, from its beginning: 2 ns so far, 4 ns in all (started by main, which",
        "waits inside)",
    ]


def test_several_loops_have_a_head_each() -> None:
    """With more than one loop, each part begins with its number and its thread."""
    script = TraceBuilder()
    for number in (1, 2):
        script.loop(number)
        script.task(number, f"main-{number}")
        script.run(0)
        script.turn(0, 0)
        script.step(number, (0, 0, 5), wake=WakeKind.OUTSIDE)
        script.stop(5)
    heads = [line for line in told(script.build(), 3) if line.startswith("loop")]
    assert heads == ["loop 1 in Thread-1", "loop 2 in Thread-2"]
