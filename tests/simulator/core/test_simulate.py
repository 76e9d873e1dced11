"""``loopscope.simulate`` runs a function in a world of its own, and gives everything back."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Recording
from tests.support import told

import loopscope
from loopscope.analysis.summary import summarise
from loopscope.errors import RecordError, SimulationError, UsageError
from loopscope.trace.reader import read_trace


async def heartbeat() -> str:
    """Beat while a neighbour blocks."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(0.1)

    async def block() -> None:
        await asyncio.sleep(0.25)
        time.sleep(1)

    heart = asyncio.create_task(beat(), name="heart")
    await asyncio.create_task(block(), name="blocker")
    await asyncio.sleep(0.25)
    heart.cancel()
    return "done"


def test_a_result_comes_with_what_it_took() -> None:
    """The function's result, the virtual duration, and the steps of its loops."""
    done = loopscope.simulate(heartbeat, costs="none")
    assert (done.result, done.duration_s, done.trace) == ("done", 1.5, None)
    assert done.steps > 4


def test_ordinary_functions_are_simulated_as_well() -> None:
    """A program without a loop sleeps in virtual time, too."""

    def main() -> float:
        time.sleep(3600)
        return time.monotonic()

    assert loopscope.simulate(main, costs="none").result == 3600.0


def test_a_trace_names_the_line_that_held_the_loop(tmp_path: Path) -> None:
    """The recording has the stall, its line, that it blocked, and whom it delayed."""
    out = tmp_path / "x.loopscope"
    assert loopscope.simulate(heartbeat, costs="none", out=out).trace == out
    summary = summarise(read_trace(out))
    (stall,) = summary.stalls
    assert (stall.call, stall.kind, stall.held_ns) == ("time.sleep(1)", "blocking", 1_000_000_000)
    assert stall.delayed_tasks_count == 1
    assert summary.trace.total_ns == 1_500_000_000


def test_the_trace_is_that_of_the_stock_loop(recording: Recording, tmp_path: Path) -> None:
    """Step for step, wakers included, the recording is the one of asyncio's own loop."""

    async def main() -> None:
        queue: asyncio.Queue[int] = asyncio.Queue(1)

        async def produce() -> None:
            for number in range(3):
                await queue.put(number)
                await asyncio.sleep(0.1 * number)

        async def consume() -> None:
            for _ in range(3):
                await queue.get()
                await asyncio.sleep(0)

        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            group.create_task(produce())
            group.create_task(consume())

    out = tmp_path / "x.loopscope"
    run = asyncio.Runner

    def simulated() -> None:
        with run() as runner:
            runner.get_loop().run_until_complete(main())

    loopscope.simulate(simulated, costs="none", out=out)
    steps = [step for step in told(read_trace(out)) if "shutdown" not in step[4]]
    real = [step for step in told(recording.virtually(main)) if "shutdown" not in step[4]]
    assert steps[: len(real)] == real


def test_what_the_program_raises_comes_out() -> None:
    """An exception of the program is the program's, also SystemExit."""

    async def fail() -> None:
        await asyncio.sleep(1)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        loopscope.simulate(fail, costs="none")

    def leave() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit) as caught:
        loopscope.simulate(leave, costs="none")
    assert caught.value.code == 3


def test_a_simulation_inside_a_simulation_is_refused() -> None:
    """One world at a time in a process, and the outer one goes on."""

    def main() -> str:
        with pytest.raises(SimulationError, match="Another simulation runs"):
            loopscope.simulate(lambda: None)
        time.sleep(1)
        return f"still virtual at {time.monotonic()}"

    assert loopscope.simulate(main, costs="none").result == "still virtual at 1.0"


def test_a_thread_of_its_own_is_enough_beside_a_running_loop() -> None:
    """In a notebook, whose loop runs always, a worker thread simulates as ordinary code does."""

    async def cell() -> str:
        with pytest.raises(SimulationError, match=r"asyncio\.to_thread"):
            loopscope.simulate(heartbeat)
        return (await asyncio.to_thread(loopscope.simulate, heartbeat)).result

    assert asyncio.run(cell()) == loopscope.simulate(heartbeat).result


def test_options_that_do_not_fit_are_refused_before_anything_runs(tmp_path: Path) -> None:
    """A bad cost, a place that cannot be written, a file that would be destroyed."""
    ran: list[int] = []
    notes = tmp_path / "notes.txt"
    notes.write_text("dear diary")
    with pytest.raises(UsageError):
        loopscope.simulate(lambda: ran.append(1), costs="much")
    for out in (notes, tmp_path / "no" / "such"):
        with pytest.raises(RecordError):
            loopscope.simulate(lambda: ran.append(1), out=out)
    assert ran == []
    assert loopscope.simulate(lambda: time.sleep(1), costs="none").duration_s == 1.0


def test_what_left_the_simulation_is_raised_though_it_was_swallowed() -> None:
    """A process that the program tries to start, and whose refusal it catches, is told."""
    import subprocess  # noqa: PLC0415

    def main() -> str:
        try:
            subprocess.run(["true"], check=False)  # noqa: S607
        except Exception:  # noqa: BLE001
            return "never mind"
        return "ran"

    with pytest.raises(SimulationError, match="starts a process"):
        loopscope.simulate(main, costs="none")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"seed": -1}, "simulate() got seed=-1: give a number that is at least 0."),
        ({"cpus": 0}, "simulate() got cpus=0: give a number that is at least 1."),
        ({"latency_s": "1s"}, "simulate() got latency_s='1s': give a number that is at least 0."),
        ({"max_time_s": -5}, "simulate() got max_time_s=-5: give a number that is at least 0."),
        ({"world": ["a"]}, "simulate() got 'a' in world=: give a world file, or a list of"),
    ],
)
def test_values_that_make_no_sense_are_refused(options: dict[str, Any], words: str) -> None:
    """The message names the option, its value, and what to give."""
    with pytest.raises(UsageError) as caught:
        loopscope.simulate(heartbeat, **options)
    assert str(caught.value).startswith(words)
    assert caught.value.slug == "simulate-option"


def test_wrong_calls_are_type_errors() -> None:
    """A misspelt option is not ignored, and a coroutine is not taken for a program."""
    misspelt: dict[str, Any] = {"sed": 5}
    with pytest.raises(TypeError, match="has no option 'sed'; there are: seed, world, latency_s"):
        loopscope.simulate(heartbeat, **misspelt)
    called: Any = heartbeat()
    with pytest.raises(TypeError, match=r"as in simulate\(main\), not what it returns"):
        loopscope.simulate(called)
    nothing: Any = None
    with pytest.raises(TypeError, match=r"as in simulate\(main\), not None"):
        loopscope.simulate(nothing)
