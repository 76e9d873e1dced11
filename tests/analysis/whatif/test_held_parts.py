"""Where a part that held the loop begins in its step, when only photographs tell of it."""

from tests.trace_builder import MS, RUN_DONE, SLEEP, TIMER_OF_SLEEP, TraceBuilder

from loopscope.analysis.timeline import derive_timeline, task_lives
from loopscope.analysis.whatif.predict import make_model, predict
from loopscope.model.changes import OffLoop
from loopscope.model.kinds import WakeKind
from loopscope.trace.columns import Trace

SOURCE = """\
async def main():
    taker = asyncio.create_task(take())
    await asyncio.sleep(0.01)
    event.set()
    time.sleep(0.02)
    await taker

async def take():
    await event.wait()
    await asyncio.sleep(0.03)
"""
EVENT_WAIT = "locks.py/Event.wait:1"


def wakes_then_holds(photographed: int | None) -> Trace:
    """At 10 ms `main` wakes `take` after 1 ms, then holds the loop for 20 ms."""
    script = TraceBuilder(SOURCE)
    main = script.task(1, coroutine="main:1", creator="<module>:12")
    take = script.task(2, coroutine="take:8", creator="main:2", parent=1)
    script.run(0)
    script.turn(0, 0)
    first = script.step(main, (0, 0, 0), ("main:3", SLEEP), wake=WakeKind.OUTSIDE)
    script.turn(0, 0)
    script.step(take, (0, 0, 0), ("take:9", EVENT_WAIT), by=first)
    script.turn(0, 10 * MS)
    timer = script.callback(TIMER_OF_SLEEP, (10 * MS, 10 * MS, 10 * MS), wake=WakeKind.TIMER)
    script.turn(10 * MS, 10 * MS)
    held = script.step(main, (10 * MS, 10 * MS, 31 * MS), ("main:6",), by=timer)
    if photographed is not None:
        script.sample(photographed, held, "main:5")
    script.turn(31 * MS, 31 * MS)
    script.step(take, (11 * MS, 31 * MS, 31 * MS), ("take:10", SLEEP), by=held)
    script.turn(31 * MS, 61 * MS)
    later = script.callback(TIMER_OF_SLEEP, (61 * MS, 61 * MS, 61 * MS), wake=WakeKind.TIMER)
    script.turn(61 * MS, 61 * MS)
    taken = script.step(take, (61 * MS, 61 * MS, 61 * MS), by=later)
    script.turn(61 * MS, 61 * MS)
    last = script.step(main, (61 * MS, 61 * MS, 61 * MS), by=taken)
    script.turn(61 * MS, 61 * MS)
    script.callback(RUN_DONE, (61 * MS, 61 * MS, 61 * MS), by=last)
    script.stop(61 * MS)
    return script.build()


def after_ms(trace: Trace, line: int) -> float:
    """Predict the total with what held the loop at a line in a thread, in milliseconds."""
    timeline = derive_timeline(trace)
    model = make_model(timeline, task_lives(timeline))
    assert model.unchanged.total_ns == trace.total_ns
    return predict(model, [OffLoop("app.py", line)]).after_ns / MS


def test_a_wake_before_the_first_photograph_came_before_the_hold() -> None:
    """The photograph shows the hold 10 ms in; who was woken 1 ms in need not wait for its end."""
    assert after_ms(wakes_then_holds(20 * MS), 5) == 40


def test_a_wake_after_the_first_photograph_came_after_the_hold() -> None:
    """The hold was seen before the wake, so it still comes first: 20 ms of it, and the way."""
    assert after_ms(wakes_then_holds(10 * MS + MS // 2), 5) > 60


def test_without_a_photograph_a_wake_in_the_first_half_came_before_the_hold() -> None:
    """The step is named after the line where its task stood next, and held from its begin."""
    assert after_ms(wakes_then_holds(None), 6) == 40
