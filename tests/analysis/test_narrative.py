"""What is told of the steps of a loop, in which words."""

from collections.abc import Iterator

import pytest
from tests.trace_builder import (
    GATHER_DONE,
    MS,
    READ,
    RUN_DONE,
    SLEEP,
    SLEEP_0,
    TIMER_OF_SLEEP,
    TO_THREAD,
    TraceBuilder,
)
from tests.trace_examples import blocked, convoy, crowd

from loopscope.analysis.events import Code, Duration, Event, EventKind, Who
from loopscope.analysis.narrative import narrate
from loopscope.analysis.timeline import derive_timeline, task_lives
from loopscope.model.kinds import StepEnd, WakeKind
from loopscope.model.location import Location
from loopscope.model.records import Job
from loopscope.model.units import format_ns
from loopscope.trace.columns import Trace


def events(trace: Trace, task_id: int | None = None) -> Iterator[Event]:
    """Narrate a trace."""
    timeline = derive_timeline(trace)
    lives = task_lives(timeline)
    return narrate(timeline, lives, task_id=task_id)


def sentence(event: Event) -> str:
    """Return an event as plain words."""
    words = []
    for piece in event.pieces:
        if isinstance(piece, Location):
            words.append(piece.short)
        elif isinstance(piece, Duration):
            words.append(format_ns(piece.ns))
        elif isinstance(piece, Who):
            words.append(piece.name)
        else:
            words.append(piece.text if isinstance(piece, Code) else piece)
    return f"{event.actor}: {''.join(words)}"


def told(trace: Trace, task_id: int | None = None) -> list[str]:
    """Narrate a trace in plain words."""
    return [sentence(event) for event in events(trace, task_id)]


def test_a_run_is_told_from_start_to_stop() -> None:
    """Creation, suspension, idleness, due timers, a stall and all ends are told, in order."""
    assert told(blocked()) == [
        "loop: starts",
        "main: is created at app.py:14 and ready",
        "main: begins main() at app.py:1",
        "main: creates ticker at app.py:3",
        "main: creates blocker at app.py:4",
        "main: waits for its task group at app.py:2: suspended",
        "ticker: begins tick() at app.py:6",
        "ticker: awaits asyncio.sleep(0.02) at app.py:7: suspended",
        "blocker: begins hold() at app.py:9",
        "blocker: awaits asyncio.sleep(0.01) at app.py:10: suspended",
        "loop: has nothing ready: waits 10 ms, until a timer is due",
        "timer: is due: wakes blocker (its sleep)",
        "blocker: resumes at app.py:10 after 10 ms",
        (
            "blocker: has held the loop for 100 ms in time.sleep(0.1) at app.py:11; "
            "1 other task was ready meanwhile"
        ),
        "blocker: ends: raised ValueError: enough at app.py:11",
        "timer: is due, noticed 91 ms late: wakes ticker (its sleep)",
        "ticker: resumes at app.py:7 after 20 ms suspended and 91 ms ready",
        "ticker: ends: returned",
        "ticker: by its end wakes main (its task group)",
        "main: resumes at app.py:2 after 113 ms",
        "main: ends: returned",
        "loop: stops",
    ]


def test_times_never_go_back() -> None:
    """Each event is told at or after the one before it."""
    times = [event.time_ns for event in events(blocked())]
    assert times == sorted(times)


def test_a_lock_is_handed_on() -> None:
    """Who gives a lock back wakes the next one in the queue."""
    assert told(convoy(count=2)) == [
        "loop: starts",
        "worker-1: is created at app.py:9 and ready",
        "worker-2: is created at app.py:9 and ready",
        "worker-1: begins work() at app.py:1",
        "worker-1: awaits asyncio.sleep(1) at app.py:3: suspended",
        "worker-2: begins work() at app.py:1",
        "worker-2: waits for a lock (async with lock) at app.py:2: suspended",
        "loop: has nothing ready: waits 10 ms, until a timer is due",
        "timer: is due: wakes worker-1 (its sleep)",
        "worker-1: resumes at app.py:3 after 10 ms",
        "worker-1: wakes worker-2 (a lock)",
        "worker-1: ends: returned",
        "worker-2: resumes at app.py:2 after 11 ms",
        "worker-2: awaits asyncio.sleep(1) at app.py:3: suspended",
        "loop: has nothing ready: waits 10 ms, until a timer is due",
        "timer: is due: wakes worker-2 (its sleep)",
        "worker-2: resumes at app.py:3 after 10 ms",
        "worker-2: ends: returned",
        "loop: stops",
    ]


def test_equal_wakes_are_told_together() -> None:
    """Many sleeps that end at once are one sentence, which names the first few."""
    wakes = [event for event in events(crowd(1000)) if event.kind is EventKind.WAKES]
    assert [(sentence(event), len(event.others)) for event in wakes] == [
        ("timer: is due: wakes fetch-1, fetch-2, fetch-3 and 997 more (their sleep)", 1000)
    ]


def test_one_task_is_told_with_what_happens_to_it() -> None:
    """With a task, only what it does and what is done to it remains."""
    assert told(blocked(), task_id=2) == [
        "main: creates ticker at app.py:3",
        "ticker: begins tick() at app.py:6",
        "ticker: awaits asyncio.sleep(0.02) at app.py:7: suspended",
        "timer: is due, noticed 91 ms late: wakes ticker (its sleep)",
        "ticker: resumes at app.py:7 after 20 ms suspended and 91 ms ready",
        "ticker: ends: returned",
        "ticker: by its end wakes main (its task group)",
    ]


def test_only_what_is_read_is_told() -> None:
    """The sequence is made as it is read: the first events of a long trace cost no more."""
    first = events(crowd(2000))
    assert [next(first).kind for _ in range(2)] == [EventKind.LOOP_STARTS, EventKind.CREATES]


def test_asyncio_run_closing_its_loop_is_not_told() -> None:
    """The tasks that shut a loop down, and the runs that are only theirs, stay out of it."""
    script = TraceBuilder()
    main = script.task(1, "main")
    script.run(0)
    script.turn(0, 0)
    script.step(main, (0, 0, MS), wake=WakeKind.OUTSIDE)
    script.stop(MS)
    closing = script.task(2, coroutine="base_events.py/BaseEventLoop.shutdown_asyncgens:1")
    script.run(2 * MS)
    script.turn(2 * MS, 2 * MS)
    last = script.step(closing, (2 * MS, 2 * MS, 3 * MS), wake=WakeKind.OUTSIDE)
    script.turn(3 * MS, 3 * MS)
    script.callback(RUN_DONE, (3 * MS, 3 * MS, 3 * MS), by=last)
    script.stop(3 * MS)
    assert told(script.build()) == [
        "loop: starts",
        "main: is ready",
        "main: begins main() at app.py:1",
        "main: ends: returned",
        "loop: stops",
    ]


def test_a_loop_kept_open_by_its_threads_is_told() -> None:
    """Worker threads that keep a loop from closing are the one thing told of that time."""
    script = TraceBuilder()
    closing = script.task(1, coroutine="base_events.py/BaseEventLoop.shutdown_default_executor:1")
    script.run(0)
    script.turn(0, 0)
    script.step(closing, (0, 0, MS), ("base_events.py/wait:1",), wake=WakeKind.OUTSIDE)
    script.turn(MS, 900 * MS)
    script.step(closing, (900 * MS, 900 * MS, 900 * MS), wake=WakeKind.THREAD)
    script.stop(900 * MS)
    assert told(script.build()) == ["loop: was kept from closing for 900 ms by worker threads"]


@pytest.mark.parametrize(
    ("wake", "awaited", "expected"),
    [
        (WakeKind.IO, READ, "I/O: arrives: wakes main (data to read)"),
        (WakeKind.THREAD, TO_THREAD, "thread: has finished read(): wakes main (a worker thread)"),
    ],
)
def test_wakes_from_outside_name_their_cause(wake: WakeKind, awaited: str, expected: str) -> None:
    """A beginner reads of I/O and threads, not of the callbacks between them and the task."""
    script = TraceBuilder()
    main = script.task(1, "main")
    script.node("read():2")
    script.run(0)
    script.turn(0, 0)
    script.step(main, (0, 0, MS), ("main:1", awaited), wake=WakeKind.OUTSIDE)
    script.turn(MS, 5 * MS)
    job = 7 if wake is WakeKind.THREAD else 0
    passed_on = script.callback(
        "futures.py/_set_state:1", (5 * MS, 5 * MS, 5 * MS), wake=wake, job=job
    )
    script.turn(5 * MS, 5 * MS)
    script.step(main, (5 * MS, 5 * MS, 6 * MS), by=passed_on)
    script.stop(6 * MS)
    trace = script.build()
    function = next(place for place in trace.words.locations if place.function == "read()")
    trace.jobs[7] = Job(7, MS, 5 * MS, function, "worker")
    assert [sentence(event) for event in events(trace) if event.kind is EventKind.WAKES] == [
        expected
    ]


def test_a_cancelled_sleep_is_not_called_woken() -> None:
    """A sleep that a task ends was cancelled: only its timer can end it otherwise."""
    script = TraceBuilder()
    striker = script.task(1, "striker")
    victim = script.task(2, "victim")
    script.run(0)
    script.turn(0, 0)
    script.step(victim, (0, 0, MS), ("main:1", SLEEP), wake=WakeKind.OUTSIDE)
    strike = script.step(striker, (0, MS, 2 * MS), wake=WakeKind.OUTSIDE)
    script.turn(2 * MS, 2 * MS)
    script.step(victim, (2 * MS, 2 * MS, 3 * MS), how=StepEnd.CANCELLED, by=strike)
    script.stop(3 * MS)
    assert told(script.build())[-6:] == [
        "striker: begins main() at app.py:1",
        "striker: cancels victim (its sleep)",
        "striker: ends: returned",
        "victim: resumes at app.py:1 after 1 ms",
        "victim: ends: cancelled",
        "loop: stops",
    ]


def test_a_yield_stays_ready() -> None:
    """`sleep(0)` is told as letting others run, and nobody is said to wake it."""
    script = TraceBuilder()
    main = script.task(1, "main")
    script.run(0)
    script.turn(0, 0)
    first = script.step(main, (0, 0, MS), ("main:1", SLEEP, SLEEP_0), wake=WakeKind.OUTSIDE)
    script.turn(MS, MS)
    script.step(main, (MS, MS, 2 * MS), by=first)
    script.stop(2 * MS)
    assert told(script.build())[2:] == [
        "main: begins main() at app.py:1",
        "main: lets the others run first at app.py:1: stays ready",
        "main: resumes at app.py:1 after 0 s",
        "main: ends: returned",
        "loop: stops",
    ]


def test_an_eager_task_interrupts_its_creator() -> None:
    """A task that begins inside the step that makes it is told there, and the step goes on."""
    script = TraceBuilder()
    main, child = script.task(1, "main"), script.task(2, "child", coroutine="child:5", parent=1)
    script.run(0)
    script.turn(0, 0)
    first = script.step(
        main, (0, 0, MS), ("main:1",), how=StepEnd.INTERRUPTED, wake=WakeKind.OUTSIDE
    )
    inside = script.step(child, (MS, MS, 2 * MS), wake=WakeKind.RESUMED, by=first)
    script.step(main, (2 * MS, 2 * MS, 3 * MS), wake=WakeKind.RESUMED, by=inside)
    script.stop(3 * MS)
    assert told(script.build())[2:] == [
        "main: begins main() at app.py:1",
        "main: creates child, which begins at once (an eager task)",
        "child: begins child() at app.py:5",
        "child: ends: returned",
        "main: goes on",
        "main: ends: returned",
        "loop: stops",
    ]


def test_a_recording_that_ends_inside_a_step_tells_no_more_of_it() -> None:
    """The step did not end there, and nothing is made up of why it stops."""
    script = TraceBuilder()
    main = script.task(1, "main")
    script.run(0)
    script.turn(0, 0)
    script.step(main, (0, 0, MS), ("main:1",), how=StepEnd.INTERRUPTED, wake=WakeKind.OUTSIDE)
    script.stop(MS)
    assert told(script.build())[2:] == ["main: begins main() at app.py:1", "loop: stops"]


def test_the_last_of_a_gather_wakes_its_waiter() -> None:
    """The callback by which gather counts its tasks is told as the end of the last one."""
    script = TraceBuilder()
    script.objects[9] = ("GatheringFuture", 2)
    main = script.task(1, "main")
    for number in (2, 3):
        script.task(number, f"part-{number}", coroutine="part:5", creator="main:1", parent=1)
    script.run(0)
    script.turn(0, 0)
    first = script.step(main, (0, 0, MS), ("main:1",), wake=WakeKind.OUTSIDE, thing=9)
    script.turn(MS, MS)
    parts = [script.step(number, (MS, MS, MS), by=first) for number in (2, 3)]
    script.turn(MS, MS)
    done = [script.callback(GATHER_DONE, (MS, MS, MS), by=part) for part in parts]
    script.turn(MS, MS)
    script.step(main, (MS, MS, MS), by=done[1])
    script.stop(MS)
    assert told(script.build())[2:] == [
        "main: begins main() at app.py:1",
        "main: creates 2 tasks of part(): part-2 and part-3 at app.py:1",
        "main: waits for its gather of 2 tasks at app.py:1: suspended",
        "part-2: begins part() at app.py:5",
        "part-2: ends: returned",
        "part-3: begins part() at app.py:5",
        "part-3: ends: returned",
        "part-3: by its end wakes main (its gather of 2 tasks)",
        "main: resumes at app.py:1 after 0 s",
        "main: ends: returned",
        "loop: stops",
    ]


def test_callbacks_of_the_program_are_told_by_name() -> None:
    """A callback that is the program's own is told as such, with what it wakes."""
    script = TraceBuilder()
    main = script.task(1, "main")
    script.run(0)
    script.turn(0, 0)
    script.step(main, (0, 0, MS), ("main:1",), wake=WakeKind.OUTSIDE)
    script.turn(MS, 5 * MS)
    read = script.callback("main.<locals>.on_data:3", (5 * MS, 5 * MS, 6 * MS), wake=WakeKind.IO)
    script.turn(6 * MS, 6 * MS)
    script.step(main, (6 * MS, 6 * MS, 6 * MS), by=read)
    script.stop(6 * MS)
    assert told(script.build())[3:6] == [
        "main: waits for I/O at app.py:1: suspended",
        "loop: has nothing ready: waits 4 ms, until there is I/O",
        "callback: on_data() runs at app.py:3, I/O arrives",
    ]


def test_several_loops_are_told_in_one_order() -> None:
    """Events of several loops come in order of time, and each loop is told by its number."""
    script = TraceBuilder()
    for number in (1, 2):
        script.loop(number)
        task = script.task(number, f"main-{number}")
        script.run(number)
        script.turn(number, number)
        script.step(task, (number, 3, 4), ("main:1", SLEEP), wake=WakeKind.OUTSIDE)
        script.turn(4, 50 * number)
        timer = script.callback(TIMER_OF_SLEEP, (50 * number,) * 3, wake=WakeKind.TIMER)
        script.turn(50 * number, 50 * number)
        script.step(task, (50 * number,) * 3, by=timer)
        script.stop(100 + number)
    kinds = [event for event in events(script.build()) if not event.task_id]
    assert [(event.time_ns, sentence(event)) for event in kinds] == [
        (1, "loop 1: starts"),
        (2, "loop 2: starts"),
        (50, "timer: is due: wakes main-1 (its sleep)"),
        (100, "timer: is due: wakes main-2 (its sleep)"),
        (101, "loop 1: stops"),
        (102, "loop 2: stops"),
    ]


def test_nothing_recorded_tells_nothing() -> None:
    """A trace without any run gives no events."""
    assert told(TraceBuilder().build()) == []
