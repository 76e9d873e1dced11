"""Everything a program can do with an event loop it can do with a virtual one."""

import asyncio
import concurrent.futures
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

import loopscope
from loopscope.errors import SimulationError
from loopscope.simulator.loop import VirtualLoop


def run(main: Callable[[], Any], **options: Any) -> Any:
    """Return what a program returns in a simulation where computing is free."""
    return loopscope.simulate(main, costs="none", **options).result


class OwnLoop(asyncio.SelectorEventLoop):
    """A loop class that was made before the simulation."""


def test_every_way_to_get_a_loop_gives_a_virtual_one() -> None:
    """run, Runner, new_event_loop, the class by its name, a policy, and a class made of it."""

    def main() -> list[bool]:
        async def here() -> asyncio.AbstractEventLoop:
            return asyncio.get_running_loop()

        class Derived(asyncio.SelectorEventLoop):
            pass

        loops = [asyncio.run(here())]
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            loops.append(runner.run(here()))
        for make in (
            asyncio.new_event_loop,
            asyncio.DefaultEventLoopPolicy().new_event_loop,
            Derived,
        ):
            loop = make()
            loops.append(loop.run_until_complete(here()))
            loop.close()
        asyncio.set_event_loop(asyncio.new_event_loop())
        loops.append(asyncio.get_event_loop_policy().get_event_loop())
        loops[-1].close()
        return [isinstance(loop, VirtualLoop) for loop in loops]

    before = asyncio.SelectorEventLoop, asyncio.get_event_loop_policy()
    assert run(main) == [True] * 6
    assert (asyncio.SelectorEventLoop, asyncio.get_event_loop_policy()) == before


def test_a_program_loop_by_hand() -> None:
    """run_forever and stop, several times, as a manual loop does."""

    def main() -> tuple[list[str], float]:
        loop, log = asyncio.new_event_loop(), list[str]()
        loop.call_later(1, log.append, "timer")
        loop.call_soon(loop.stop)
        loop.run_forever()
        log.append("stopped")
        loop.call_later(2, loop.stop)
        loop.run_forever()
        now = loop.time()
        loop.close()
        with pytest.raises(RuntimeError, match="closed"):
            loop.call_soon(print)
        with pytest.raises(RuntimeError, match="closed"):
            loop.call_later(1, print)
        return log, now

    assert run(main) == (["stopped", "timer"], 2.0)


def test_threads_have_loops_of_their_own() -> None:
    """Two threads run a loop each; both live in the same time, and call into each other."""

    def main() -> list[tuple[str, float]]:
        log: list[tuple[str, float]] = []
        ready = threading.Event()
        loops: list[asyncio.AbstractEventLoop] = []

        async def serve() -> None:
            stopped = asyncio.Event()
            loops.extend((asyncio.get_running_loop(), stopped))  # type: ignore[arg-type]
            ready.set()
            await stopped.wait()
            log.append(("stopped", time.monotonic()))

        thread = threading.Thread(target=lambda: asyncio.run(serve()))
        thread.start()
        ready.wait()

        async def call() -> None:
            await asyncio.sleep(1)
            loop, stopped = loops
            future = asyncio.run_coroutine_threadsafe(asyncio.sleep(0.5, "slept"), loop)
            log.append((await asyncio.wrap_future(future), time.monotonic()))
            loop.call_soon_threadsafe(stopped.set)  # type: ignore[attr-defined]

        asyncio.run(call())
        thread.join()
        return log

    assert run(main) == [("slept", 1.5), ("stopped", 1.5)]


def test_executors_have_their_real_size() -> None:
    """Twenty jobs of 0.3 s on the eight workers that four processors give take three rounds."""

    async def main() -> float:
        await asyncio.gather(*(asyncio.to_thread(time.sleep, 0.3) for _ in range(20)))
        return asyncio.get_running_loop().time()

    assert run(main) == 0.9
    assert run(main, cpus=16) == 0.3


def test_a_default_executor_of_the_programs_own() -> None:
    """set_default_executor is heeded, and shut down with the loop."""

    async def main() -> tuple[float, str]:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(concurrent.futures.ThreadPoolExecutor(1, "mine"))
        jobs = [loop.run_in_executor(None, time.sleep, 1) for _ in range(3)]
        await asyncio.wait(jobs)
        name = await asyncio.to_thread(lambda: threading.current_thread().name)
        return loop.time(), name

    assert run(main) == (3.0, "mine_0")


def test_a_blocking_call_holds_the_loop_and_nothing_else() -> None:
    """While a coroutine sleeps in time.sleep no task runs, but a worker thread goes on."""

    async def main() -> list[float]:
        beats = []

        async def beat() -> None:
            while True:
                beats.append(round(time.monotonic(), 3))
                await asyncio.sleep(0.1)

        heart = asyncio.create_task(beat())
        worker = asyncio.create_task(asyncio.to_thread(time.sleep, 0.5))
        await asyncio.sleep(0.25)
        time.sleep(1)
        await worker
        heart.cancel()
        return beats

    beats = run(main)
    assert beats == [0.0, 0.1, 0.2, 1.25]


async def _numbers(log: list[str]) -> AsyncIterator[int]:
    try:
        yield 1
        yield 2
    finally:
        await asyncio.sleep(0.5)
        log.append("closed")


def test_asynchronous_generators_are_closed_at_the_end() -> None:
    """A generator left in the middle is closed by asyncio.run, in the order of creation."""
    log: list[str] = []

    async def main() -> None:
        kept = [_numbers(log) for _ in range(3)]
        for generator in kept:
            await anext(generator)
        log.append("main ends")
        asyncio.get_running_loop().kept = kept  # type: ignore[attr-defined]

    done = loopscope.simulate(main, costs="none")
    assert (log, done.duration_s) == (["main ends", "closed", "closed", "closed"], 0.5)


def test_signals_are_heard() -> None:
    """A handler of the loop is called for a real signal, two turns later, and can be removed."""

    async def main() -> list[object]:
        loop, log = asyncio.get_running_loop(), list[object]()
        loop.add_signal_handler(signal.SIGUSR1, log.append, "signal")
        os.kill(os.getpid(), signal.SIGUSR1)
        for turn in range(4):
            log.append(turn)
            await asyncio.sleep(0)
        log.append(loop.remove_signal_handler(signal.SIGUSR1))
        log.append(loop.remove_signal_handler(signal.SIGUSR1))
        with pytest.raises(ValueError, match="invalid signal number 12345"):
            loop.add_signal_handler(12345, print)
        return log

    before = signal.getsignal(signal.SIGUSR1)
    assert run(main) == [0, 1, 2, "signal", 3, True, False]
    assert signal.getsignal(signal.SIGUSR1) == before


def test_ctrl_c_cancels_main_as_ever() -> None:
    """SIGINT cancels the main task, whose clean-up runs in virtual time."""
    log: list[object] = []

    async def main() -> None:
        asyncio.get_running_loop().call_later(1, os.kill, os.getpid(), signal.SIGINT)
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(2)
            log.append(time.monotonic())

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            loopscope.simulate(main, costs="none")
    finally:
        signal.signal(signal.SIGINT, before)
    assert log == [3.0]


def test_ctrl_c_reaches_main_while_another_thread_runs() -> None:
    """A SIGINT that comes while a worker has the baton ends main's wait, one thread at a time."""

    def main() -> str:
        def interrupt() -> None:
            time.sleep(1)
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(1)

        thread = threading.Thread(target=interrupt)
        thread.start()
        try:
            thread.join()
        except KeyboardInterrupt:
            thread.join()
            return f"interrupted, and joined at {time.monotonic()}"
        return "joined"

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert run(main) == "interrupted, and joined at 2.0"
    finally:
        signal.signal(signal.SIGINT, before)


def test_exceptions_in_callbacks_are_told_as_ever(caplog: pytest.LogCaptureFixture) -> None:
    """The handler of the loop gets what asyncio gives it, and its default one logs the same."""

    def fail() -> None:
        raise ValueError("callback")

    async def main() -> list[tuple[str, str]]:
        loop, seen = asyncio.get_running_loop(), list[tuple[str, str]]()
        loop.call_soon(fail)
        await asyncio.sleep(0)
        loop.set_exception_handler(
            lambda _, context: seen.append((context["message"], repr(context["exception"])))
        )
        loop.call_later(1, fail)
        await asyncio.sleep(1)
        return seen

    with caplog.at_level(logging.ERROR, "asyncio"):
        ((message, error),) = run(main)
    assert message.startswith("Exception in callback test_exceptions_in_callbacks_are_told_as_ever")
    assert error == "ValueError('callback')"
    told = [record.getMessage() for record in caplog.records]
    assert len([one for one in told if one.startswith("Exception in callback")]) == 1


def test_debug_mode_is_accepted() -> None:
    """A program that asks for asyncio's debug mode runs, with its checks."""

    def main() -> float:
        async def inner() -> float:
            with pytest.raises(TypeError, match="coroutines cannot be used"):
                asyncio.get_running_loop().call_later(1, inner)
            await asyncio.sleep(1)
            return asyncio.get_running_loop().time()

        return asyncio.run(inner(), debug=True)

    assert run(main) == 1.0


def test_debug_mode_warns_of_slow_steps(caplog: pytest.LogCaptureFixture) -> None:
    """As on asyncio's own loop, a step of 0.1 s or more is told, and no shorter one."""

    def main() -> None:
        async def inner() -> None:
            time.sleep(0.2)
            await asyncio.sleep(5)
            time.sleep(0.09)

        asyncio.run(inner(), debug=True)

    with caplog.at_level(logging.WARNING, "asyncio"):
        run(main)
    (told,) = [record.getMessage() for record in caplog.records]
    assert told.startswith("Executing <Task pending name='Task-1' coro=<")
    assert told.endswith(" took 0.200 seconds")


def test_task_names_count_from_one_in_every_run() -> None:
    """Names repeat from run to run, in one process too; given names are kept."""

    async def main() -> list[str]:
        made = [asyncio.create_task(asyncio.sleep(0)) for _ in range(2)]
        made.append(asyncio.create_task(asyncio.sleep(0), name="named"))
        await asyncio.gather(*made)
        return [task.get_name() for task in made]

    assert run(main) == run(main) == ["Task-2", "Task-3", "named"]


def test_sets_of_tasks_and_futures_repeat() -> None:
    """all_tasks, wait and as_completed go through their sets in the same order in every run."""

    async def main() -> list[list[str]]:
        async def sleeper(name: str) -> str:
            started.append(name)
            await asyncio.sleep(1)
            return name

        started: list[str] = []
        tasks = {asyncio.create_task(sleeper(str(number))) for number in range(50)}
        loop = asyncio.get_running_loop()
        futures = {loop.create_future(): str(number) for number in range(50)}
        done, _ = await asyncio.wait(tasks)
        pending = (await asyncio.wait(futures, timeout=1))[1]
        ended = [
            await one for one in asyncio.as_completed([sleeper(str(number)) for number in range(9)])
        ]
        orders = [[task.result() for task in done], [futures[one] for one in pending]]
        return [*orders, started, ended]

    first, second = run(main), run(main)
    assert first == second
    assert first[2] == [str(number) for number in [*range(50), *range(9)]]


def test_uvloop_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that needs uvloop is told why it cannot have it; any other goes on."""
    (tmp_path / "uvloop.py").write_text("def new_event_loop(): pass\nclass Loop: pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "uvloop", raising=False)

    def optional() -> str:
        try:
            import uvloop  # type: ignore[import-not-found,unused-ignore]  # noqa: F401, PLC0415
        except ImportError as error:
            return str(error)
        return "imported"

    assert "uvloop waits in C code of its own" in run(optional)
    import uvloop  # noqa: PLC0415

    def needed() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop):
            pass

    with pytest.raises(SimulationError, match="uvloop waits in C code"):
        run(needed)
    assert uvloop.new_event_loop() is None
    monkeypatch.delitem(sys.modules, "uvloop")


def test_a_simulation_cannot_begin_inside_a_loop() -> None:
    """simulate() in a coroutine of a real loop says what to do instead."""

    async def outer() -> None:
        loopscope.simulate(lambda: None, costs="none")

    with pytest.raises(SimulationError, match="while an event loop runs in its thread"):
        asyncio.run(outer())


def test_loops_are_real_again_afterwards() -> None:
    """After a simulation, also a failed one, asyncio is what it was."""

    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(fail)

    async def here() -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    assert not isinstance(asyncio.run(here()), VirtualLoop)
    assert hash(asyncio.Event) == object.__hash__(asyncio.Event)
