"""A ``ProcessPoolExecutor`` computes on virtual processors, beside the program and each other."""

import asyncio
import logging
import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pytest
from tests.simulator.patches import processes_for_tests as jobs
from tests.simulator.patches.runs import compute, outcome, simulate


def timed(workers: int, seconds: list[float], job: Callable[[float], float] = jobs.work) -> Any:
    """Return what the jobs returned, and how long all of them took."""

    def program() -> tuple[list[float], float]:
        with ProcessPoolExecutor(workers) as pool:
            results = list(pool.map(job, seconds))
        return results, time.monotonic()

    return program


@pytest.mark.parametrize(
    ("cpus", "workers", "seconds"),
    [(2, 4, 2.0), (4, 4, 1.0), (4, 2, 2.0), (1, 4, 4.0), (3, 4, 1.34)],
)
def test_four_jobs_of_a_second(cpus: int, workers: int, seconds: float) -> None:
    """They share the processors, and no more run at once than there are processes."""
    results, took = outcome(timed(workers, [1.0] * 4), cpus=cpus)
    assert (results, took) == ([1.0] * 4, seconds)


def test_processes_compute_beside_the_program() -> None:
    """While one computes, the program does so too: no interpreter lock holds them apart."""

    def program() -> float:
        with ProcessPoolExecutor(1) as pool:
            future = pool.submit(jobs.work, 1)
            compute(1)
            future.result()
        return time.monotonic()

    assert outcome(program) == 1.0


def test_sleeping_needs_no_processor() -> None:
    """Four processes sleep side by side on one processor."""
    assert outcome(timed(4, [1.0] * 4, jobs.sleep), cpus=1) == ([1.0] * 4, 1.0)


def test_the_event_loop_goes_on_meanwhile() -> None:
    """The same computing in a coroutine would hold the loop; in a process it does not."""

    async def program() -> tuple[list[float], int]:
        loop, beats = asyncio.get_running_loop(), 0
        with ProcessPoolExecutor(2) as pool:
            futures = [loop.run_in_executor(pool, jobs.work, 0.95) for _ in range(2)]
            gathered = asyncio.gather(*futures)
            while not gathered.done():
                await asyncio.sleep(0.1)
                beats += 1
        return await gathered, beats

    result = simulate(program)
    assert (result.result, result.seconds) == (([0.95, 0.95], 10), 1.0)


def test_a_process_knows_that_it_is_one() -> None:
    """It has another id and name than the program; its thread is a main thread."""

    def program() -> Any:
        with ProcessPoolExecutor(1) as pool:
            return pool.submit(jobs.who).result(), multiprocessing.current_process().name

    assert outcome(program) == ((False, "ForkProcess-1", "MainThread"), "MainProcess")
    assert os.getpid() == jobs.PARENT
    assert threading.current_thread() is threading.main_thread()


def test_the_clock_of_a_process_counts_its_own_computing() -> None:
    """``process_time`` of the program does not show what its processes compute."""

    def program() -> Any:
        with ProcessPoolExecutor(1) as pool:
            return pool.submit(jobs.processor_time, 2).result(), time.process_time()

    assert outcome(program) == (2.0, 0.0)


def test_exceptions_come_back_with_the_text_of_their_traceback() -> None:
    """As from a real process: the cause is the traceback over there."""

    def program() -> tuple[str, str]:
        with ProcessPoolExecutor(1) as pool:
            error = pool.submit(jobs.fail).exception()
        assert error is not None
        return repr(error), str(error.__cause__)

    error, cause = outcome(program)
    assert error == "LookupError('in the process')"
    assert 'raise LookupError("in the process")' in cause


@pytest.mark.parametrize("job", [lambda: None, jobs.make_unpicklable])
def test_what_cannot_be_pickled_is_the_future_s_exception(job: Callable[[], object]) -> None:
    """On the way in and on the way out."""

    def program() -> str:
        with ProcessPoolExecutor(1) as pool:
            future = pool.submit(job)
            assert pool.submit(jobs.work, 0).result() == 0
            return str(future.exception())

    assert "lambda" in outcome(program)


def test_an_exit_in_a_job_is_an_exception_like_others() -> None:
    """``sys.exit`` ends no process of a pool."""

    def program() -> str:
        with ProcessPoolExecutor(1) as pool:
            return repr(pool.submit(jobs.exit_politely).exception())

    assert outcome(program) == "SystemExit(3)"


@pytest.mark.parametrize("job", [jobs.leave, jobs.make_one_way])
def test_a_process_that_dies_breaks_its_pool(job: Callable[[], object]) -> None:
    """All that is left fails, and nothing more can be submitted."""

    def program() -> tuple[list[bool], str]:
        pool = ProcessPoolExecutor(1)
        calls: list[Callable[[], Any]] = [job, jobs.fail, jobs.fail, jobs.fail]
        futures = [pool.submit(call) for call in calls]
        broken = [isinstance(future.exception(), BrokenProcessPool) for future in futures]
        with pytest.raises(BrokenProcessPool) as raised:
            pool.submit(jobs.sleep, 1)
        return broken, str(raised.value)

    broken, words = outcome(program)
    assert broken == [True] * 4
    assert words == ("A child process terminated abruptly, the process pool is not usable anymore")


def test_processes_are_prepared(caplog: pytest.LogCaptureFixture) -> None:
    """Each runs the initializer once; one that fails breaks the pool."""
    jobs.PREPARED.clear()

    def program() -> bool:
        with ProcessPoolExecutor(2, initializer=jobs.prepare, initargs=("x",)) as pool:
            list(pool.map(jobs.sleep, [1, 1, 1]))
        with ProcessPoolExecutor(1, initializer=jobs.fail) as pool:
            return isinstance(pool.submit(jobs.sleep, 1).exception(), BrokenProcessPool)

    with caplog.at_level(logging.CRITICAL):
        assert outcome(program)
    assert jobs.PREPARED == ["x", "x"]
    assert "Exception in initializer:" in caplog.text


def test_processes_are_replaced() -> None:
    """After so many calls a process ends, and another takes its place."""

    def program() -> set[str]:
        with ProcessPoolExecutor(1, max_tasks_per_child=2) as pool:
            return {pool.submit(jobs.who).result()[1] for _ in range(5)}

    assert outcome(program) == {f"ForkProcess-{number}" for number in (1, 2, 3)}


def test_calls_can_be_cancelled_until_they_are_on_their_way() -> None:
    """One runs and two are in the call queue of one process; the fourth can be taken back."""

    def program() -> tuple[list[bool], bool]:
        with ProcessPoolExecutor(1) as pool:
            futures = [pool.submit(jobs.sleep, 1) for _ in range(5)]
            time.sleep(0.5)
            cancelled = [future.cancel() for future in futures[:4]]
            pool.shutdown(wait=False, cancel_futures=True)
            try:
                futures[4].result()
            except CancelledError:
                return cancelled, True
        return cancelled, False

    assert outcome(program) == ([False, False, False, True], True)


def test_a_program_ends_when_its_processes_have() -> None:
    """Pools that nobody shut down do what was submitted to them."""

    def program() -> None:
        ProcessPoolExecutor(1).submit(jobs.sleep, 3)

    run = simulate(program)
    assert (run.seconds, run.failures) == (3.0, [])


def test_after_the_shutdown_nothing_is_taken() -> None:
    """As ever."""

    def program() -> None:
        with ProcessPoolExecutor(1) as pool:
            pass
        pool.submit(jobs.sleep, 1)

    with pytest.raises(RuntimeError, match="cannot schedule new futures after shutdown"):
        simulate(program)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"max_workers": 0}, "max_workers must be greater than 0"),
        ({"initializer": 7}, "initializer must be a callable"),
        ({"max_tasks_per_child": "a"}, "max_tasks_per_child must be an integer"),
        ({"max_tasks_per_child": 0}, "max_tasks_per_child must be >= 1"),
    ],
)
def test_wrong_options_raise_what_they_raise(options: dict[str, Any], words: str) -> None:
    """As without a simulation."""
    with pytest.raises((ValueError, TypeError), match=words):
        simulate(lambda: ProcessPoolExecutor(**options))


def test_a_pool_that_was_made_before_is_refused() -> None:
    """Its processes are real."""
    pool = ProcessPoolExecutor(1)
    run = simulate(lambda: pool.submit(jobs.sleep, 1).exception())
    pool.shutdown()
    (failure,) = run.failures
    assert "uses a process pool that was made before the simulation" in str(failure)


def test_the_number_of_processors_is_the_world_s() -> None:
    """However it is asked for."""

    def program() -> list[Any]:
        affinity = len(os.sched_getaffinity(0))
        return [
            os.cpu_count(),
            multiprocessing.cpu_count(),
            affinity,
            vars(ProcessPoolExecutor())["_max_workers"],
        ]

    assert outcome(program, cpus=3) == [3, 3, 3, 3]
