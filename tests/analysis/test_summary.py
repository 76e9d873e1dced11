"""What the analysis says of traces built by hand: sums, stalls, queues."""

from dataclasses import replace

import pytest
from tests.trace_builder import MS, RUN_DONE, SLEEP, TIMER_OF_SLEEP, TraceBuilder
from tests.trace_examples import blocked, convoy, crowd

from loopscope.analysis.critical_path import Share
from loopscope.analysis.summary import summarise
from loopscope.model.kinds import WaitKind, WakeKind
from loopscope.model.records import LoopInfo
from loopscope.trace.columns import Trace

TRACES = pytest.mark.parametrize("trace", [blocked(), convoy(20), crowd(500)])


@TRACES
def test_the_critical_path_has_no_gap(trace: Trace) -> None:
    """The parts of each loop's path add up to the loop's time, to the nanosecond."""
    for loop in summarise(trace).loops:
        assert loop.path is not None
        assert sum(part.total_ns for part in loop.path.parts) == loop.path.total_ns
        assert [part.total_ns for part in loop.path.parts] == sorted(
            (part.total_ns for part in loop.path.parts), reverse=True
        )


def test_the_critical_path_leads_to_what_stopped_the_loop() -> None:
    """What is read in the last turn, as after a Ctrl-C, is not what the run waited for."""
    script = TraceBuilder("async def main():\n    await asyncio.sleep(1)\n")
    main = script.task(1)
    script.run(0)
    script.turn(0, 0)
    script.step(main, (0, 0, MS), ("main:2", SLEEP), wake=WakeKind.OUTSIDE)
    script.turn(MS, 1000 * MS)
    over = (1000 * MS, 1000 * MS, 1000 * MS)
    timer = script.callback(TIMER_OF_SLEEP, over, wake=WakeKind.TIMER)
    woken = script.step(main, (1000 * MS, 1000 * MS, 1001 * MS), by=timer)
    script.turn(1001 * MS, 1001 * MS)
    script.callback(RUN_DONE, (1001 * MS, 1001 * MS, 1001 * MS), by=woken)
    read = "selector_events.py/BaseSelectorEventLoop._read_from_self:1"
    script.callback(read, (1001 * MS, 1001 * MS, 1002 * MS), wake=WakeKind.IO)
    script.stop(1002 * MS)
    path = summarise(script.build()).loops[0].path
    assert path is not None
    assert [(part.share, part.total_ns // MS) for part in path.parts] == [
        (Share.WAITING, 999),
        (Share.RUNNING, 2),
        (Share.OUTSIDE, 1),
    ]


@TRACES
def test_every_life_adds_up(trace: Trace) -> None:
    """A task's life is running, ready and suspended time, to the nanosecond."""
    lives = summarise(trace).lives
    assert (lives.running + lives.ready + lives.suspended == lives.ended - lives.created).all()
    assert (lives.suspended >= 0).all()


@TRACES
def test_the_loop_is_running_idle_or_busy_with_itself(trace: Trace) -> None:
    """A loop's use adds up to the time it ran."""
    for loop in summarise(trace).loops:
        ran = sum(run.end_ns - run.begin_ns for run in trace.runs if run.loop == loop.info.id)
        assert loop.use.running_ns + loop.use.idle_ns + loop.use.overhead_ns == ran


def test_a_convoy_is_told_with_its_holder() -> None:
    """The waits for one lock are one entry, with the longest queue and who held it."""
    (lock,) = summarise(convoy(20)).contention
    assert lock.kind is WaitKind.LOCK
    assert (lock.tasks_count, lock.peak_waiting_count) == (19, 19)
    assert lock.waited_ns >= lock.longest_ns > 0
    assert lock.holders[0].held_ns <= lock.longest_ns


def test_a_stall_is_told_with_what_it_delayed() -> None:
    """A stalled step is charged to the sampled line, with the tasks that were ready meanwhile."""
    summary = summarise(blocked())
    (stall,) = summary.stalls
    assert stall.call == "time.sleep(0.1)"
    assert stall.held_ns == 100_000_000
    assert stall.delayed_tasks_count >= 1
    assert stall.delayed_ns > 0


def test_waits_that_overlap_are_counted() -> None:
    """The peak of a crowd is the crowd."""
    assert summarise(crowd(500)).overlap.peak_count == 500


def test_a_path_through_a_lock_is_made_of_what_its_holders_did() -> None:
    """A convoy's time is the holders' sleeps, one after another, not the waits for the lock."""
    path = summarise(convoy(20)).loops[0].path
    assert path is not None
    first = path.parts[0]
    assert (first.share, first.kind, first.count) == (Share.WAITING, WaitKind.SLEEP, 20)


def test_the_loop_of_the_main_thread_comes_first() -> None:
    """A loop that served in a thread stands behind the main one, however long it lived."""
    script = TraceBuilder()
    for number, lived in ((1, 50), (2, 10), (3, 20)):
        script.loop(number)
        script.task(number, f"main-{number}")
        script.run(0)
        script.turn(0, 0)
        script.step(number, (0, 0, lived * MS), wake=WakeKind.OUTSIDE)
        script.stop(lived * MS)
    threads = {1: "server", 2: "MainThread", 3: "helper"}
    loops = {one: LoopInfo(one, name, "Loop") for one, name in threads.items()}
    summary = summarise(replace(script.build(), loops=loops))
    assert [one.info.thread for one in summary.loops] == ["MainThread", "server", "helper"]
