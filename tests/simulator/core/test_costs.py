"""Computing is charged: as it is measured, a multiple of that, at fixed costs, or not at all."""

import asyncio
import hashlib
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support import loopscope as command

import loopscope
from loopscope.errors import UsageError
from loopscope.simulator.costs import Costs, parse_costs
from loopscope.trace.reader import read_trace


def compute(cpu_s: float) -> None:
    """Compute until the thread has used that much CPU time."""
    end = time.thread_time() + cpu_s
    while time.thread_time() < end:
        sum(range(1000))


def work() -> str:
    """Be a function that others give a cost to."""
    return "worked"


async def coroutine_work() -> str:
    """Be a coroutine that others give a cost to."""
    await asyncio.sleep(0)
    return "worked"


def generator_work() -> Iterator[int]:
    """Be a generator that others give a cost to."""
    yield 1
    yield 2


class Worker:
    """Has methods that others give a cost to."""

    def work(self) -> str:
        """Be a method."""
        return self.__class__.__name__

    @staticmethod
    def static_work() -> str:
        """Be a static method."""
        return "static"


bound_beforehand = work
HERE = __name__


def duration_s(main: Any, *costs: str) -> float:
    """Return how long a program takes in virtual time."""
    return loopscope.simulate(main, costs=costs).duration_s


def test_measured_computing_takes_its_time() -> None:
    """50 ms of computing take about 50 ms, twice as long at a factor of two, nothing if free."""
    measured = duration_s(lambda: compute(0.05), "measured")
    doubled = duration_s(lambda: compute(0.05), "2x")
    assert 0.05 <= measured < 0.08
    assert 0.05 <= doubled < 0.16
    assert duration_s(lambda: sum(range(100_000)), "none") == 0


def test_what_becomes_ready_does_so_after_what_was_computed_before(tmp_path: Path) -> None:
    """Neither the program before its loop nor the step that makes a task counts as loop lag."""

    async def child() -> None:
        await asyncio.sleep(0)

    async def main() -> None:
        hashlib.pbkdf2_hmac("sha256", b"", b"", 50_000)
        await asyncio.create_task(child())

    def program() -> None:
        hashlib.pbkdf2_hmac("sha256", b"", b"", 50_000)
        asyncio.run(main())

    out = tmp_path / "x.loopscope"
    loopscope.simulate(program, costs="measured", out=out)
    steps = read_trace(out).steps
    computed_ns = int(steps.end[0] - steps.begin[0])
    assert steps.begin[0] > computed_ns / 3
    assert steps.begin[0] - steps.ready[0] < computed_ns / 3
    assert steps.begin[1] - steps.ready[1] < computed_ns / 3


def test_what_a_clock_shows_includes_what_was_just_computed() -> None:
    """Reading the clock around a computation shows what it took."""

    async def main() -> float:
        begin = time.perf_counter()
        compute(0.03)
        return time.perf_counter() - begin

    assert 0.03 <= loopscope.simulate(main).result < 0.06


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("work", work),
        ("work", bound_beforehand),
        ("Worker.work", Worker().work),
        ("Worker.static_work", Worker.static_work),
        ("generator_work", lambda: list(generator_work())),
        ("coroutine_work", coroutine_work),
    ],
)
def test_functions_have_fixed_costs(name: str, function: Any) -> None:
    """A function, method, generator or coroutine with a cost takes exactly that, each time."""

    async def main() -> Any:
        for _ in range(2):
            result = function()
            if asyncio.iscoroutine(result):
                result = await result
        return result

    assert duration_s(main, f"{HERE}.{name}=1.5s") == 3.0
    assert duration_s(main, "none") == 0


def test_functions_in_c_have_fixed_costs_too() -> None:
    """A built-in function is charged when it is called, and is itself again afterwards."""
    before = hashlib.pbkdf2_hmac

    def main() -> bytes:
        return hashlib.pbkdf2_hmac("sha256", b"secret", b"salt", 1)

    assert duration_s(main, "hashlib.pbkdf2_hmac=100ms") == 0.1
    assert hashlib.pbkdf2_hmac is before
    assert duration_s(main, "none") == 0


def test_the_functions_code_is_restored() -> None:
    """After the simulation a function has its own code again."""
    before = work.__code__
    duration_s(work, f"{HERE}.work=1s")
    assert work.__code__ is before


def test_threads_share_the_processor() -> None:
    """Two threads that compute one second each take two, and both end near the end."""

    def main() -> list[float]:
        ended: list[float] = []

        def run() -> None:
            work()
            ended.append(time.monotonic())

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return ended

    done = loopscope.simulate(main, costs=f"{HERE}.work=1s")
    assert done.duration_s == 2.0
    assert [round(end, 1) for end in done.result] == [2.0, 2.0]


def test_computing_delays_the_loop_but_not_the_world() -> None:
    """While a task computes, timers become due and fire late; a sleeping worker wakes in time."""

    async def main() -> list[float]:
        loop, log = asyncio.get_running_loop(), list[float]()
        loop.call_later(0.5, lambda: log.append(loop.time()))

        def wake() -> None:
            time.sleep(0.7)
            log.append(time.monotonic())

        task = asyncio.create_task(asyncio.to_thread(wake))
        await asyncio.sleep(0.1)
        work()
        await task
        return [round(one, 2) for one in log]

    done = loopscope.simulate(main, costs=f"{HERE}.work=2s")
    assert sorted(done.result) == [0.7, 2.1]


@pytest.mark.parametrize(
    ("texts", "factor", "fixed_ns"),
    [
        ([], 1.0, {}),
        (["measured"], 1.0, {}),
        (["none"], 0.0, {}),
        (["2.5x"], 2.5, {}),
        (["0x"], 0.0, {}),
        (["app.work=2s"], 0.0, {"app.work": 2_000_000_000}),
        (["work=2ms"], 0.0, {"__main__.work": 2_000_000}),
        (["2x", "a.b=1us"], 2.0, {"a.b": 1000}),
    ],
)
def test_costs_as_they_are_written(
    texts: list[str], factor: float, fixed_ns: dict[str, int]
) -> None:
    """Each way to write a cost is read as it is meant."""
    assert parse_costs(texts) == Costs(factor, fixed_ns)


@pytest.mark.parametrize(
    "text", ["", "x", "-1x", "nanx", "infx", "2", "a.b=", "a.b=2", "a.b=-1s", "a=1e400s"]
)
def test_costs_that_are_none_are_refused(text: str) -> None:
    """What is no cost is told in one sentence."""
    with pytest.raises(UsageError) as caught:
        parse_costs([text])
    assert caught.value.slug == "cost-bad"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nowhere.work", "there is no module nowhere"),
        (f"{HERE}.play", "has no play"),
        (f"{HERE}.Worker.play", "has no Worker.play"),
        (f"{HERE}.HERE", "is no function but str"),
        (f"{HERE}.Worker", "is no function but type"),
    ],
)
def test_functions_that_are_none_are_refused(name: str, reason: str) -> None:
    """A cost for something that does not exist, or is no function, says so before anything runs."""
    with pytest.raises(UsageError, match=reason) as caught:
        duration_s(work, f"{name}=1s")
    assert caught.value.slug == "cost-unknown"


SCRIPT = """
import asyncio, time
import helper

def work():
    "Has a docstring."
    return 1

class Tool:
    if True:
        async def use(self):
            return 2

async def main():
    def work():
        return 3
    work()
    await Tool().use()
    helper.help()
    print(time.monotonic())

work()
asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("cost", "printed"),
    [
        ("work=1s", "1.0"),
        ("__main__.work=1s", "1.0"),
        ("script.work=1s", "1.0"),
        ("Tool.use=1s", "no module Tool"),
        ("__main__.Tool.use=1s", "1.0"),
        ("helper.help=1s", "1.0"),
        ("nothing=1s", "defines no function nothing"),
    ],
)
def test_functions_of_the_script_have_costs(cost: str, printed: str, tmp_path: Path) -> None:
    """A script's own function, a method, and one of a module beside it are charged."""
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "helper.py").write_text(textwrap.dedent("def help():\n    return 4\n"))
    done = command("simulate", "-q", "--cost", cost, "script.py", cwd=tmp_path)
    assert printed in done.stdout + done.stderr
    assert done.returncode == (0 if printed == "1.0" else 2)
