"""A few programs as hand-made traces, for tests of what is said of them."""

from loopscope.model.kinds import StepEnd, WakeKind
from loopscope.model.location import Location
from loopscope.model.records import Failure
from loopscope.trace.columns import Trace
from tests.trace_builder import (
    GROUP,
    GROUP_DONE,
    LOCK,
    MS,
    RUN_DONE,
    SLEEP,
    TIMER_OF_SLEEP,
    TraceBuilder,
)

SOURCE = """\
async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(tick(), name="ticker")
        group.create_task(hold(), name="blocker")

async def tick():
    await asyncio.sleep(0.02)

async def hold():
    await asyncio.sleep(0.01)
    time.sleep(0.1)
    raise ValueError("enough")
"""


def blocked() -> Trace:
    """`main` starts a ticker and a blocker, who holds the loop from 12 to 112 ms and fails."""
    script = TraceBuilder(SOURCE)
    main = script.task(1, coroutine="main:1", creator="<module>:14")
    ticker = script.task(2, "ticker", coroutine="tick:6", created=MS, creator="main:3", parent=1)
    blocker = script.task(3, "blocker", coroutine="hold:9", created=MS, creator="main:4", parent=1)
    script.run(0)
    script.turn(0, 0)
    first = script.step(main, (0, 0, MS), ("main:2", GROUP), wake=WakeKind.OUTSIDE)
    script.turn(MS, MS)
    script.step(ticker, (MS, MS, 2 * MS), ("tick:7", SLEEP), by=first)
    script.step(blocker, (MS, 2 * MS, 2 * MS), ("hold:10", SLEEP), by=first)
    script.turn(2 * MS, 12 * MS)
    timer = script.callback(TIMER_OF_SLEEP, (12 * MS, 12 * MS, 12 * MS), wake=WakeKind.TIMER)
    script.turn(12 * MS, 12 * MS)
    held = script.step(blocker, (12 * MS, 12 * MS, 112 * MS), how=StepEnd.RAISED, by=timer)
    script.sample(60 * MS, held, "hold:11")
    script.turn(112 * MS, 112 * MS)
    script.callback(GROUP_DONE, (112 * MS, 112 * MS, 112 * MS), by=held)
    late = script.callback(TIMER_OF_SLEEP, (22 * MS, 112 * MS, 113 * MS), wake=WakeKind.TIMER)
    script.turn(113 * MS, 113 * MS)
    ticked = script.step(ticker, (113 * MS, 113 * MS, 114 * MS), by=late)
    script.turn(114 * MS, 114 * MS)
    done = script.callback(GROUP_DONE, (114 * MS, 114 * MS, 114 * MS), by=ticked)
    script.turn(114 * MS, 114 * MS)
    last = script.step(main, (114 * MS, 114 * MS, 115 * MS), by=done)
    script.turn(115 * MS, 115 * MS)
    script.callback(RUN_DONE, (115 * MS, 115 * MS, 116 * MS), by=last)
    script.stop(116 * MS)
    trace = script.build()
    trace.failures.append(
        Failure(3, 112 * MS, "ValueError", "enough", _place(trace, 11), retrieved=True)
    )
    return trace


def convoy(count: int = 4, held_ms: int = 10) -> Trace:
    """`main` is not recorded; some workers need one lock, each keeps it over a sleep."""
    script = TraceBuilder("async def work():\n    async with lock:\n        await asyncio.sleep(1)")
    script.objects[99] = ("Lock", 0)
    workers = [
        script.task(number, f"worker-{number}", coroutine="work:1", creator="<module>:9")
        for number in range(1, count + 1)
    ]
    script.run(0)
    script.turn(0, 0)
    script.step(workers[0], (0, 0, 0), ("work:3", SLEEP), wake=WakeKind.OUTSIDE)
    for worker in workers[1:]:
        script.step(worker, (0, 0, 0), ("work:2", LOCK), wake=WakeKind.OUTSIDE, thing=99)
    now = 0
    for at, worker in enumerate(workers):
        script.turn(now, now + held_ms * MS)
        now += held_ms * MS
        timer = script.callback(TIMER_OF_SLEEP, (now, now, now), wake=WakeKind.TIMER)
        script.turn(now, now)
        released = script.step(worker, (now, now, now + MS), by=timer)
        now += MS
        if at + 1 < count:
            script.turn(now, now)
            script.step(workers[at + 1], (now, now, now), ("work:3", SLEEP), by=released)
    script.stop(now)
    return script.build()


def crowd(count: int) -> Trace:
    """Some tasks all sleep from 0 to 10 ms; then they run in turn, a microsecond each."""
    script = TraceBuilder("async def fetch():\n    await asyncio.sleep(0.01)")
    tasks = [script.task(number, coroutine="fetch:1") for number in range(1, count + 1)]
    script.run(0)
    script.turn(0, 0)
    for task in tasks:
        script.step(task, (0, 0, 0), ("fetch:2", SLEEP), wake=WakeKind.OUTSIDE)
    now = 10 * MS
    script.turn(0, now)
    timers = [script.callback(TIMER_OF_SLEEP, (now, now, now), wake=WakeKind.TIMER) for _ in tasks]
    script.turn(now, now)
    for task, timer in zip(tasks, timers, strict=True):
        script.step(task, (10 * MS, now, now + 1000), by=timer)
        now += 1000
    script.stop(now)
    return script.build()


def _place(trace: Trace, line: int) -> Location:
    return next(place for place in trace.words.locations if place.is_user and place.line == line)


def eager_child() -> Trace:
    """A task that runs inside the step that made it, from 1 to 5 ns of 9."""
    script = TraceBuilder()
    script.task(1, "main")
    script.task(2, "child", parent=1)
    script.run(0)
    script.turn(0, 0)
    first = script.step(1, (0, 0, 1), ("main:1",), how=StepEnd.INTERRUPTED, wake=WakeKind.OUTSIDE)
    inside = script.step(2, (1, 1, 5), wake=WakeKind.RESUMED, by=first)
    script.step(1, (5, 5, 9), wake=WakeKind.RESUMED, by=inside)
    script.stop(9)
    return script.build()
