"""Servers that answer few at a time are told from requests that were under way together."""

from collections.abc import Sequence

import pytest
from tests.trace_builder import MS, READ, RUN_DONE, TraceBuilder

from loopscope.analysis.timeline import derive_timeline, task_lives
from loopscope.analysis.whatif.predict import Model, Prediction, make_model, predict
from loopscope.model.changes import Faster, Together
from loopscope.model.kinds import StepEnd, WakeKind

SOURCE = """\
async def main():
    await asyncio.gather(*(ask("http://api.test/") for _ in range(4)))
    for _ in range(3):
        await ask("http://api.test/")

async def ask(url):
    await read(url)
"""
ANSWERED = "selectors.py/_read_ready:1"
LONE = ("main:4", "ask:7", READ)


def requests(at_once: Sequence[int], lone: Sequence[int]) -> Model:
    """Make the model of a run that asks several at once, then one after the other.

    Args:
        at_once: When the answers came to four requests of the begin, in ms.
        lone: How long the answers took that `main` asked for in turn after that, in ms.
    """
    script = TraceBuilder(SOURCE)
    main = script.task(1, coroutine="main:1", creator="<module>:9")
    asks = [
        script.task(number, coroutine="ask:6", creator="main:2", parent=1)
        for number in range(2, 2 + len(at_once))
    ]
    script.run(0)
    script.turn(0, 0)
    begin = script.step(main, (0, 0, 0), ("main:2",), wake=WakeKind.OUTSIDE)
    script.turn(0, 0)
    for ask in asks:
        script.step(ask, (0, 0, 0), ("ask:7", READ), by=begin)
    now = 0
    for ask, came in sorted(zip(asks, at_once, strict=True), key=lambda pair: pair[1]):
        script.turn(now, came * MS)
        now = came * MS
        heard = script.callback(ANSWERED, (now, now, now), wake=WakeKind.IO)
        script.turn(now, now)
        last = script.step(ask, (now, now, now), by=heard)
    script.turn(now, now)
    script.step(main, (now, now, now), LONE, by=last)
    for number, took in enumerate(lone):
        script.turn(now, now + took * MS)
        now += took * MS
        heard = script.callback(ANSWERED, (now, now, now), wake=WakeKind.IO)
        script.turn(now, now)
        is_last = number == len(lone) - 1
        last = script.step(
            main,
            (now, now, now),
            () if is_last else LONE,
            how=StepEnd.RETURNED if is_last else StepEnd.SUSPENDED,
            by=heard,
        )
    script.turn(now, now)
    script.callback(RUN_DONE, (now, now, now), by=last)
    script.stop(now)
    timeline = derive_timeline(script.build())
    return make_model(timeline, task_lives(timeline))


def together(model: Model) -> Prediction:
    """Predict the three requests in turn side by side."""
    return predict(model, [Together("app.py", 3, 4)])


@pytest.mark.parametrize(
    ("at_once", "count", "after_ms"),
    [
        ((30, 60, 90, 120), 1, 120 + 90),
        ((33, 61, 88, 119), 1, 119 + 90),
        ((30, 30, 60, 60, 90, 90), 2, 90 + 60),
    ],
)
def test_few_at_a_time(at_once: Sequence[int], count: int, after_ms: int) -> None:
    """Each answer came when the one before was out: side by side nothing is gained."""
    model = requests(at_once, (30, 30, 30))
    assert model.unchanged.total_ns == model.timeline.trace.total_ns
    prediction = together(model)
    assert prediction.after_ns == after_ms * MS
    assert prediction.assumptions[-1] == (
        f"All the same, answers at app.py:7 come {count} at a time, as they did when recorded."
    )
    assert not any("at once as fast" in one for one in prediction.assumptions)


@pytest.mark.parametrize(
    ("at_once", "lone"),
    [
        ((30, 31, 32, 33), (30, 30, 30)),  # all at once
        ((30, 60, 90, 120), (30, 70, 110)),  # each takes as long as it takes
        ((60, 60, 60, 120), (30, 30, 30)),  # slower under load, but not one by one
        ((20, 30, 40, 50, 60, 70), (25, 25, 25)),  # much, but not quite, as if two at a time
        ((120, 90, 60, 30), (30, 30, 10)),  # not first in, first out
    ],
)
def test_answers_that_tell_nothing(at_once: Sequence[int], lone: Sequence[int]) -> None:
    """Where they need not have stood in line, they are taken to be answered side by side."""
    model = requests(at_once, lone)
    prediction = together(model)
    assert prediction.after_ns == (max(at_once) + max(lone)) * MS
    assert any("at once as fast" in one for one in prediction.assumptions)


def test_a_faster_host_still_answers_one_at_a_time() -> None:
    """Twice as fast, all seven answers take half as long, one after the other."""
    model = requests((30, 60, 90, 120), (30, 30, 30))
    assert predict(model, [Faster("api.test", 2)]).after_ns == 105 * MS
