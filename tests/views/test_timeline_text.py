"""The task timeline as text: what a person sees of it, in any width and with any signs."""

import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from tests.trace_builder import MS, QUEUE_GET, READ, SLEEP, TIMER_OF_SLEEP, TraceBuilder
from tests.trace_examples import blocked, convoy, crowd

from loopscope.analysis.names import TaskNames
from loopscope.analysis.timeline import derive_timeline, task_lives
from loopscope.model.kinds import StepEnd, WakeKind
from loopscope.model.units import format_ns
from loopscope.trace.columns import Trace
from loopscope.views.terminal.glyphs import ASCII, UNICODE, Glyphs, choose_glyphs
from loopscope.views.terminal.timeline_text import timeline_lines
from loopscope.views.terminal.units import axis_times, format_clock

TIMES = UNICODE.times


def drawn(
    trace: Trace,
    glyphs: Glyphs = UNICODE,
    width: int = 80,
    rows: int = 20,
    task_id: int | None = None,
) -> list[str]:
    """Draw a timeline as plain lines, none of them too wide."""
    timeline = derive_timeline(trace)
    lives = task_lives(timeline)
    lines = timeline_lines(timeline, lives, width, glyphs, rows=rows, task_id=task_id)
    assert all(line.cell_len <= width for line in lines)
    return [line.plain for line in lines]


def test_a_stall_is_seen_at_a_glance() -> None:
    """Who held the loop, where and for how long, and who was kept waiting by it."""
    assert drawn(blocked()) == [
        "        0 ms        20 ms       40 ms        60 ms       80 ms       100 ms",
        "loop    █▎·····▓ 100 ms ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓██",
        "main    ▌═ task group :2 ════════════════════════════════════════════════════▎▌✓",
        "ticker  ▌▎─ sleep ───▄ ready for 91 ms ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▌✓",
        "blocker  ▎─────▓ 100 ms in time.sleep(0.1) :11 ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓✗",
        "",
        "█ running   ▎ ran for less than a column (1.63 ms)   ▓ held the loop (a stall)",
        "▄ ready, but the loop was busy   · the loop was idle",
        "suspended: ── sleep   ══ another task",
        "ends: ✓ returned   ✗ raised",
    ]


def test_ascii_says_the_same() -> None:
    """Every sign has an ASCII twin, of the same width."""
    unicode, plain = drawn(convoy()), drawn(convoy(), ASCII)
    assert all(line.isascii() for line in plain)
    assert plain == [
        "         0 ms            10 ms           20 ms           30 ms           40 ms",
        "loop     |..............|#I...............I#|..............|#I...............I#",
        "worker-1 |- sleep :3 ---|#I*",
        "worker-2 |: lock :2 ::::::|- sleep :3 ----I#*",
        "worker-3 |: lock :2 ::::::::::::::::::::::::|- sleep :3 ---|#I*",
        "worker-4 |: lock :2 :::::::::::::::::::::::::::::::::::::::::|- sleep :3 ----I#*",
        "",
        "# running   | ran for less than a column (629 us)   . the loop was idle",
        "suspended: -- sleep   :: lock",
        "ends: * returned",
    ]
    assert [len(line) for line in plain[:6]] == [len(line) for line in unicode[:6]]


def test_many_tasks_share_a_row_of_their_coroutine() -> None:
    """More tasks than rows are grouped by coroutine, with how many they are."""
    assert drawn(crowd(30_000)) == [
        "              0 ms            10 ms           20 ms            30 ms",
        "loop          ▎···············█████████████████████████████████████████████████",
        f"fetch {TIMES}30,000 ▎─ sleep :2 ────▄ up to 29,230 ready ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄✓",
        "",
        "█ running   ▎ ran for less than a column (615 µs)",
        "▄ ready, but the loop was busy   · the loop was idle",
        "suspended: ── sleep",
        "ends: ✓ returned",
        "One row a coroutine, the most delayed first.",
    ]


def test_thirty_thousand_tasks_are_drawn_at_once() -> None:
    """Drawing costs no time to speak of: no loop runs over tasks or steps."""
    timeline = derive_timeline(crowd(30_000))
    lives = task_lives(timeline)
    begin = time.process_time()
    timeline_lines(timeline, lives, 80, UNICODE)
    assert time.process_time() - begin < 0.7


def test_a_stall_within_many_tasks_is_not_hidden() -> None:
    """One stall among many sleeping tasks of a row takes the column, whatever the rest does."""
    script = TraceBuilder()
    tasks = [script.task(number, coroutine="fetch:1") for number in range(1, 31)]
    script.run(0)
    script.turn(0, 0)
    for task in tasks:
        script.step(task, (0, 0, 0), ("fetch:2", SLEEP), wake=WakeKind.OUTSIDE)
    script.turn(0, 5000 * MS)
    timer = script.callback(TIMER_OF_SLEEP, (5000 * MS,) * 3, wake=WakeKind.TIMER)
    script.turn(5000 * MS, 5000 * MS)
    script.step(7, (5000 * MS, 5000 * MS, 5012 * MS), ("fetch:2", SLEEP), by=timer)
    script.turn(5012 * MS, 10_000 * MS)
    script.stop(10_000 * MS)
    assert drawn(script.build(), width=50) == [
        "          0 s                 5 s",
        "loop      ▎··················▓···················",
        f"fetch {TIMES}30 ▎─ sleep :2 ───────▓─ sleep :2 ────────▸",
        "",
        "▎ ran for less than a column (256 ms)",
        "▓ held the loop (a stall)   · the loop was idle",
        "suspended: ── sleep",
        "ends: ▸ not over",
        "One row a coroutine, the most delayed first.",
    ]


def test_the_worst_coroutine_comes_first_and_the_rest_is_put_together() -> None:
    """Rows are ranked by trouble; coroutines beyond the last row become one."""
    script = TraceBuilder()
    script.run(0)
    script.turn(0, 0)
    now = 0
    for number, (coroutine, length) in enumerate(
        [("calm:1", 1), ("calm:1", 1), ("busy:2", 90), ("odd:3", 1), ("rare:4", 1)], 1
    ):
        script.task(number, coroutine=coroutine, created=now * MS)
        end = now + length
        script.step(number, (now * MS, now * MS, end * MS), wake=WakeKind.OUTSIDE)
        now = end
    script.stop(now * MS)
    names = [line.partition(" █")[0].partition(" ▓")[0] for line in drawn(script.build(), rows=3)]
    assert [name.split("  ")[0].rstrip() for name in names[2:5]] == [
        "busy",
        f"calm {TIMES}2",
        f"others {TIMES}2",
    ]


def test_one_task_is_drawn_over_its_own_life() -> None:
    """With a task only its row is drawn, from its creation to its end."""
    assert drawn(blocked(), task_id=3)[:3] == [
        "                    20 ms        40 ms        60 ms        80 ms       100 ms",
        "loop    ▌······▓ 100 ms ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓",
        "blocker ▎──────▓ 100 ms in time.sleep(0.1) :11 ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓✗",
    ]


def test_each_kind_of_suspension_has_its_stroke_and_its_word() -> None:
    """Sleep, I/O, things shared and other tasks differ without colour; all ends are marked."""
    script = TraceBuilder()
    waits = [("tasks", ("main:9",), 2), ("sleeps", ("main:5", SLEEP), 0)]
    waits += [("reads", ("main:6", READ), 0), ("gets", ("main:7", QUEUE_GET), 0)]
    ends = [StepEnd.RETURNED, StepEnd.RAISED, StepEnd.CANCELLED, StepEnd.SUSPENDED]
    script.run(0)
    script.turn(0, 0)
    for number, (name, stack, thing) in enumerate(waits, 1):
        script.task(number, name)
        script.step(number, (0, 0, 0), stack, wake=WakeKind.OUTSIDE, thing=thing)
    script.turn(0, 60 * MS)
    for number, end in enumerate(ends[:3], 1):
        script.step(number, (60 * MS, 60 * MS, 60 * MS), how=end, wake=WakeKind.UNKNOWN)
    script.turn(60 * MS, 90 * MS)
    script.stop(90 * MS)
    assert drawn(script.build(), width=40) == [
        "       0 ms              50 ms",
        "loop   ▎····················▎··········",
        "tasks  ▎═ sleeps :9 ════════▎✓",
        "sleeps ▎─ sleep :5 ─────────▎✗",
        "reads  ▎╌ read :6 ╌╌╌╌╌╌╌╌╌╌▎⊘",
        "gets   ▎┈ get :7 ┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈▸",
        "",
        "▎ ran for less than a column (2.81 ms)",
        "· the loop was idle",
        "suspended: ── sleep   ╌╌ I/O   ┈┈ queue",
        "           ══ another task",
        "ends: ✓ returned   ✗ raised",
        "      ⊘ cancelled   ▸ not over",
    ]


def test_untrusted_names_are_shown_and_not_obeyed() -> None:
    """Escapes, markup, line breaks and wide letters in a name cannot spoil the picture."""
    script = TraceBuilder()
    script.task(1, "\x1b[31m[bold]任務名稱[/bold]\n\u202eend")
    script.run(0)
    script.turn(0, 0)
    script.step(1, (0, 0, 9 * MS), wake=WakeKind.OUTSIDE)
    script.stop(9 * MS)
    timeline = derive_timeline(script.build())
    out = io.StringIO()
    console = Console(file=out, width=60, force_terminal=True, color_system=None)
    for line in timeline_lines(timeline, task_lives(timeline), 60, UNICODE):
        console.print(line, no_wrap=True)
    row = out.getvalue().splitlines()[2]
    assert row == "[31m[bold]任務… ███████████████████████████████████████████✓"


@given(st.text(max_size=30), st.sampled_from([UNICODE, ASCII]), st.integers(20, 100))
def test_any_name_keeps_to_the_width(name: str, glyphs: Glyphs, width: int) -> None:
    """Whatever a task is called, no line is wider than asked, and none has control characters."""
    script = TraceBuilder()
    script.task(1, name)
    script.run(0)
    script.turn(0, 0)
    script.step(1, (0, 0, 9 * MS), ("main:1", SLEEP), wake=WakeKind.OUTSIDE)
    script.stop(30 * MS)
    assert all(char.isprintable() for line in drawn(script.build(), glyphs, width) for char in line)


@pytest.mark.parametrize(
    ("encoding", "terminal", "expected"),
    [("utf-8", "xterm", UNICODE), ("ascii", "xterm", ASCII), ("utf-8", "dumb", ASCII)],
)
def test_the_signs_suit_the_output(
    encoding: str, terminal: str, expected: Glyphs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Encodings that lack the signs, and dumb terminals, get ASCII."""
    monkeypatch.setenv("TERM", terminal)
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=file, force_terminal=True)
    assert choose_glyphs(console) is expected


def test_no_two_states_share_a_sign() -> None:
    """Within a set, states that can stand in one row are told apart without colour."""
    for glyphs in (UNICODE, ASCII):
        states = [glyphs.running, glyphs.most, glyphs.part, glyphs.stall, glyphs.ready]
        states += [glyphs.sleep, glyphs.io, glyphs.sync, glyphs.task, glyphs.idle]
        ends = [glyphs.returned, glyphs.raised, glyphs.cancelled, glyphs.abandoned, glyphs.pending]
        assert len({*states, *ends}) == len(states) + len(ends)


def test_loops_have_a_lane_each_until_they_are_many() -> None:
    """Up to four loops are drawn one by one; more share a lane."""
    lanes = []
    for count in (2, 6):
        script = TraceBuilder()
        for number in range(1, count + 1):
            script.loop(number)
            script.task(number, f"main-{number}")
            script.run(0)
            script.turn(0, 0)
            script.step(number, (0, 0, 9 * MS), wake=WakeKind.OUTSIDE)
            script.stop(9 * MS)
        lanes.append([line.split("  ")[0] for line in drawn(script.build(), width=30)])
    assert [line.partition(" █")[0] for line in lanes[0][1:3]] == ["loop 1", "loop 2"]
    assert lanes[1][1].startswith(f"loops {TIMES}6")


def test_nothing_recorded_draws_nothing() -> None:
    """A trace in which no loop ran has no picture."""
    assert drawn(TraceBuilder().build()) == []


def test_default_names_give_way_to_coroutines() -> None:
    """A task is called by its own name, its coroutine if that is unique, or both with a number."""
    script = TraceBuilder()
    script.task(1, coroutine="main:1")
    script.task(2, coroutine="Client.fetch:5")
    script.task(3, coroutine="run.<locals>.fetch:9")
    script.task(4, "writer", coroutine="fetch:5")
    trace = script.build()
    names = TaskNames(trace)
    assert [names.of(number) for number in (1, 2, 3, 4)] == ["main", "fetch-2", "fetch-3", "writer"]
    assert [names.find(text) for text in ("writer", "fetch-3", "Task-1", "2", "fetch", "?")] == [
        [4],
        [3],
        [1],
        [2],
        [2, 3, 4],
        [],
    ]


@pytest.mark.parametrize(
    ("ns", "expected"),
    [
        (0, "0 s"),
        (7, "7 ns"),
        (12_000, "12 µs"),
        (450_000_000, "450 ms"),
        (999_600, "1 ms"),
        (1_250_000_000, "1.25 s"),
        (12_345_678_901, "12.3 s"),
        (750_000_000_000, "12 min 30 s"),
        (-4_500_000, "-4.5 ms"),
    ],
)
def test_durations_have_three_digits_and_a_unit(ns: int, expected: str) -> None:
    """A duration is shown in the unit a person would choose."""
    assert format_ns(ns) == expected


def test_times_on_an_axis_are_round() -> None:
    """An axis has round times in one unit, no more than fit."""
    assert axis_times(0, 1_050_000_000, 6) == [
        (0, "0 s"),
        (200_000_000, "0.2 s"),
        (400_000_000, "0.4 s"),
        (600_000_000, "0.6 s"),
        (800_000_000, "0.8 s"),
        (1_000_000_000, "1 s"),
    ]
    assert axis_times(5, 5, 6) == []
    assert format_clock(1_250_000_000) == "1.250 s"
    assert format_ns(12_000, "u") == "12 us"
