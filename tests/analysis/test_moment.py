"""What everybody was doing at one moment."""

from tests.trace_builder import GATHER_DONE, MS, SLEEP, TIMER_OF_SLEEP, TraceBuilder
from tests.trace_examples import blocked, convoy, crowd, eager_child

from loopscope.analysis.moment import moment_at
from loopscope.analysis.moment_parts import LoopMoment, LoopState, Moment
from loopscope.analysis.timeline import derive_timeline, task_lives
from loopscope.model.kinds import StepEnd, WaitKind, WakeKind
from loopscope.trace.columns import Trace, Waiting


def moment(trace: Trace, time_ns: int) -> Moment:
    """Return a moment of a trace."""
    timeline = derive_timeline(trace)
    return moment_at(timeline, task_lives(timeline), time_ns)


def only_loop(trace: Trace, time_ns: int) -> LoopMoment:
    """Return the first loop at a moment of a trace."""
    return moment(trace, time_ns).loops[0]


def test_a_stall_shows_who_holds_the_loop_and_whom_it_keeps_waiting() -> None:
    """During a stall the holder's line is known, and timers that are due are told apart."""
    loop = only_loop(blocked(), 30 * MS)
    running = loop.running
    assert running is not None
    assert (running.name, running.is_stall, running.seen_code) == (
        "blocker",
        True,
        "time.sleep(0.1)",
    )
    assert (running.begin_ns, running.end_ns) == (12 * MS, 112 * MS)
    assert running.seen_at is not None
    assert running.seen_at.short == "app.py:11"
    assert [(one.name, one.since_ns, one.cause.kind, one.is_noticed) for one in loop.ready] == [
        ("ticker", 22 * MS, WakeKind.TIMER, False)
    ]
    assert [(one.name, one.awaited.phrase, one.since_ns) for one in loop.suspended] == [
        ("main", "its task group", MS)
    ]


def test_a_step_runs_from_its_last_suspension_to_its_next() -> None:
    """Where a step resumed and where it will stop is known, without any sample."""
    running = only_loop(blocked(), MS // 2).running
    assert running is not None
    assert running.resumed_at is None
    assert running.stops_at is not None
    assert running.stops_at.short == "app.py:2"
    assert running.ends_how is StepEnd.SUSPENDED


def test_an_idle_loop_says_from_when_to_when() -> None:
    """While nothing is ready the state is idle, with both its ends."""
    loop = only_loop(blocked(), 5 * MS)
    assert (loop.state, loop.since_ns, loop.until_ns) == (LoopState.IDLE, 2 * MS, 12 * MS)
    assert [(one.name, one.awaited.kind, one.until_ns) for one in loop.suspended] == [
        ("main", WaitKind.TASK, 114 * MS),
        ("ticker", WaitKind.SLEEP, 113 * MS),
        ("blocker", WaitKind.SLEEP, 12 * MS),
    ]


def test_the_ready_queue_is_in_its_order() -> None:
    """What is ready comes in the order in which it will run, with who woke it."""
    loop = only_loop(blocked(), MS + MS // 2)
    assert loop.running is not None
    assert loop.running.name == "ticker"
    assert [(one.name, one.since_ns, one.cause.name) for one in loop.ready] == [
        ("blocker", MS, "main")
    ]


def test_who_has_the_lock_and_how_many_wait_for_it() -> None:
    """A task that waits for a lock tells its holder and how many others wait for the same."""
    loop = only_loop(convoy(count=4), 15 * MS)
    told = [(one.name, one.awaited.label, one.others_count, one.held_by) for one in loop.suspended]
    assert told == [
        ("worker-2", "sleep", 0, ""),
        ("worker-3", "lock", 1, "worker-2"),
        ("worker-4", "lock", 1, "worker-2"),
    ]


def test_tasks_before_and_after_are_counted() -> None:
    """Tasks that are over, or not yet created, are counted and not listed."""
    now = moment(convoy(count=3), 15 * MS)
    assert (now.over_count, now.not_yet_count, now.total_ns) == (1, 0, 33 * MS)
    assert moment(blocked(), MS // 2).not_yet_count == 2


def test_a_gather_waits_for_a_number_of_tasks() -> None:
    """A gather tells how many tasks it has, and how many of them still live."""
    script = TraceBuilder()
    script.objects[9] = ("GatheringFuture", 2)
    main = script.task(1, "main")
    for number in (2, 3):
        script.task(number, coroutine="part:5", parent=1)
    script.run(0)
    script.turn(0, 0)
    first = script.step(main, (0, 0, MS), ("main:1",), wake=WakeKind.OUTSIDE, thing=9)
    script.turn(MS, MS)
    part = script.step(2, (MS, MS, 2 * MS), by=first)
    script.step(3, (MS, 2 * MS, 2 * MS), ("part:6", SLEEP), by=first)
    script.turn(2 * MS, 2 * MS)
    script.callback(GATHER_DONE, (2 * MS, 2 * MS, 2 * MS), by=part)
    script.turn(2 * MS, 9 * MS)
    script.stop(9 * MS)
    waiting = only_loop(script.build(), 5 * MS).suspended
    assert [(one.name, one.awaited.phrase, one.children_count) for one in waiting] == [
        ("main", "its gather of 2 tasks", 1),
        ("part-3", "its sleep", 0),
    ]
    assert [one.until_ns for one in waiting] == [None, None]


def test_a_task_is_awaited_by_its_name() -> None:
    """A task that awaits another one directly says which."""
    script = TraceBuilder()
    script.task(1, "main")
    script.task(2, "other")
    script.run(0)
    script.turn(0, 0)
    script.step(1, (0, 0, MS), ("main:1",), wake=WakeKind.OUTSIDE, thing=2)
    script.stop(9 * MS)
    (waiting,) = only_loop(script.build(), 5 * MS).suspended
    assert waiting.awaited.phrase == "the end of other"


def test_a_callback_on_its_way_stands_for_the_task_it_wakes() -> None:
    """A ready callback of asyncio's own is shown as the task that it is about to wake."""
    loop = only_loop(crowd(3), 10 * MS)
    assert [(one.name, one.since_ns) for one in loop.ready] == [
        ("fetch-2", 10 * MS),
        ("fetch-3", 10 * MS),
    ]
    assert loop.running is not None
    assert loop.running.name == "fetch-1"


def test_each_loop_is_told_on_its_own() -> None:
    """Two loops in two threads are two parts, each with its own tasks."""
    script = TraceBuilder()
    for number in (1, 2):
        script.loop(number)
        script.task(number, f"main-{number}")
        script.run(0)
        script.turn(0, 0)
        script.step(number, (0, 0, MS), ("main:1", SLEEP), wake=WakeKind.OUTSIDE)
        script.turn(MS, number * 10 * MS)
        timer = script.callback(TIMER_OF_SLEEP, (number * 10 * MS,) * 3, wake=WakeKind.TIMER)
        script.turn(number * 10 * MS, number * 10 * MS)
        script.step(number, (number * 10 * MS,) * 3, by=timer)
        script.stop(number * 10 * MS)
    loops = moment(script.build(), 15 * MS).loops
    assert [(loop.loop.id, loop.state, [one.name for one in loop.suspended]) for loop in loops] == [
        (1, LoopState.STOPPED, []),
        (2, LoopState.IDLE, ["main-2"]),
    ]


def test_the_time_between_two_steps_is_the_loops_own() -> None:
    """Where the loop does its own bookkeeping nobody runs and it is not idle."""
    script = TraceBuilder()
    script.task(1, "main")
    script.run(0)
    script.turn(0, 0)
    script.step(1, (0, 2, 4), ("main:1", SLEEP), wake=WakeKind.OUTSIDE)
    script.turn(8, 9)
    script.stop(10)
    trace = script.build()
    assert [only_loop(trace, time).state for time in (1, 3, 5, 8, 20)] == [
        LoopState.TURNING,
        LoopState.RUNNING,
        LoopState.TURNING,
        LoopState.IDLE,
        LoopState.STOPPED,
    ]


def test_an_eager_task_tells_inside_whom_it_runs() -> None:
    """A task that runs inside the step that made it names the tasks beneath it."""
    loop = only_loop(eager_child(), 3)
    assert loop.running is not None
    assert (loop.running.name, loop.running.beneath) == ("child", ("main",))
    assert (loop.ready, loop.suspended) == ((), ())


def test_a_task_older_than_the_recording_is_known_by_where_it_stood() -> None:
    """What already waited when the recording began is listed with its place."""
    script = TraceBuilder()
    script.task(1, "old", existed=True)
    script.waiting.append(Waiting(1, 1, script.node("main:4", SLEEP), 0))
    script.run(0)
    script.stop(9)
    (waiting,) = only_loop(script.build(), 5).suspended
    assert (waiting.name, waiting.awaited.label, waiting.since_ns) == ("old", "sleep", 1)


def test_an_empty_trace_has_no_loops() -> None:
    """Nothing recorded is nothing to tell, not an error."""
    assert moment(TraceBuilder().build(), 5).loops == ()
