"""Threads of a program run one at a time, in virtual time, and end as threads do."""

import _thread
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import (
    FIRST_COMPLETED,
    Future,
    ThreadPoolExecutor,
    as_completed,
    wait,
)
from typing import Any

import pytest
from tests.simulator.patches.runs import compute, outcome, simulate


def test_threads_sleep_side_by_side() -> None:
    """They are named from 1 in every run, end in order of their sleeps, and can be joined."""

    def program() -> list[Any]:
        seen: list[Any] = []

        def sleeper(seconds: float) -> None:
            time.sleep(seconds)
            seen.append((threading.current_thread().name, time.monotonic()))

        threads = [threading.Thread(target=sleeper, args=(s,)) for s in (3, 1, 2)]
        for thread in threads:
            thread.start()
        seen.append(sum(thread.is_alive() for thread in threads))
        threads[0].join(0.5)
        seen.append(("joined in vain", threads[0].is_alive(), time.monotonic()))
        for thread in threads:
            thread.join()
        return [*seen, [thread.is_alive() for thread in threads]]

    expected = [
        3,
        ("joined in vain", True, 0.5),
        ("Thread-2 (sleeper)", 1.0),
        ("Thread-3 (sleeper)", 2.0),
        ("Thread-1 (sleeper)", 3.0),
        [False, False, False],
    ]
    assert outcome(program) == expected
    assert outcome(program) == expected


def test_idents_and_lists_are_right() -> None:
    """Inside a thread, ``current_thread`` and ``get_ident`` are its own; ``enumerate`` lists it."""

    def program() -> list[Any]:
        seen: list[Any] = []

        def look() -> None:
            me = threading.current_thread()
            seen.append((me.ident == threading.get_ident(), me in threading.enumerate()))

        before = threading.active_count()
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        return [*seen, threading.active_count() - before, thread.ident == _thread.get_ident()]

    assert outcome(program) == [(True, True), 0, False]


def test_thread_locals_are_apart() -> None:
    """Each thread has its own."""

    def program() -> list[Any]:
        local, seen = threading.local(), []

        def use(number: int) -> None:
            local.number = number
            time.sleep(1)
            seen.append(local.number)

        threads = [threading.Thread(target=use, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [*seen, hasattr(local, "number")]

    assert outcome(program) == [0, 1, 2, False]


def test_computing_threads_share_one_interpreter() -> None:
    """Two threads that compute a second each take two, in turns of 5 ms, as under the GIL."""

    def program() -> list[float]:
        ends: list[float] = []

        def work() -> None:
            compute(1)
            ends.append(time.monotonic())

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return ends

    assert outcome(program) == [1.995, 2.0]


def test_a_timer() -> None:
    """It fires at its moment, or not at all."""

    def program() -> list[Any]:
        seen: list[Any] = []
        threading.Timer(1, lambda: seen.append(time.monotonic())).start()
        cancelled = threading.Timer(2, seen.append, ["never"])
        cancelled.start()
        time.sleep(1.5)
        cancelled.cancel()
        time.sleep(10)
        return seen

    assert outcome(program) == [1.0]


def test_a_program_ends_when_its_threads_have() -> None:
    """Threads that are no daemons are waited for, and pools do what was submitted to them."""
    seen: list[Any] = []

    def sleep_for(seconds: float) -> None:
        time.sleep(seconds)
        seen.append(seconds)

    def program() -> None:
        pool = ThreadPoolExecutor(1)
        pool.submit(sleep_for, 2)
        pool.submit(sleep_for, 2)
        threading.Thread(target=sleep_for, args=(5,)).start()
        threading.Thread(target=sleep_for, args=(9,), daemon=True).start()

    run = simulate(program)
    assert (run.seconds, seen, run.failures) == (5.0, [2, 2, 5], [])


def test_threads_that_are_left_end_in_silence(capfd: pytest.CaptureFixture[str]) -> None:
    """Daemons, workers of pools, threads below ``threading``: they unwind, and nothing is said."""
    unwound: list[str] = []

    def stay(name: str) -> None:
        try:
            threading.Event().wait()
        finally:
            unwound.append(name)

    def program() -> list[Any]:
        threading.Thread(target=stay, args=("daemon",), daemon=True).start()
        _thread.start_new_thread(stay, ("raw",))
        pool = ThreadPoolExecutor(2)
        pool.submit(time.sleep, 0).result()
        raise KeyboardInterrupt  # so nothing is finished first

    threads = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        simulate(program)
    assert sorted(unwound) == ["daemon", "raw"]
    assert threading.active_count() == threads
    assert capfd.readouterr() == ("", "")


def failing() -> None:
    """Fail, as programs do."""
    raise LookupError("in the thread")


def test_exceptions_of_threads_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """``threading.excepthook`` is told, and the program goes on."""
    told: list[Any] = []
    monkeypatch.setattr(
        threading, "excepthook", lambda details: told.append((details.exc_type, details.thread))
    )

    def program() -> threading.Thread:
        thread = threading.Thread(target=failing)
        thread.start()
        thread.join()
        return thread

    assert [(LookupError, outcome(program))] == told


@pytest.mark.parametrize("has_hook", [True, False])
def test_exceptions_below_threading_are_reported(
    has_hook: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The hook for what nobody can catch is told; by default, it is printed."""
    told: list[Any] = []
    hook = (lambda details: told.append(details.object)) if has_hook else sys.__unraisablehook__
    monkeypatch.setattr(sys, "unraisablehook", hook)

    def program() -> None:
        _thread.start_new_thread(failing, ())
        time.sleep(1)

    outcome(program)
    printed = capsys.readouterr().err
    assert told == ([failing] if has_hook else [])
    assert printed.startswith(
        "" if has_hook else f"Exception ignored in thread started by: {failing}"
    )
    assert ("LookupError: in the thread" in printed) is not has_hook


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((7, ()), "first arg must be callable"),
        ((failing, []), "2nd arg must be a tuple"),
        ((failing, (), 7), "optional 3rd arg must be a dictionary"),
    ],
)
def test_wrong_starts_raise_what_they_raise(args: Any, words: str) -> None:
    """As without a simulation."""
    with pytest.raises(TypeError, match=words):
        simulate(lambda: _thread.start_new_thread(*args))


def test_a_thread_is_started_once_and_not_joined_by_itself() -> None:
    """The errors of ``threading`` stay."""

    def program() -> list[str]:
        seen: list[str] = []

        def attempt(function: Callable[[], object]) -> None:
            try:
                function()
            except RuntimeError as error:
                seen.append(str(error))

        thread = threading.Thread(target=time.sleep, args=(1,))
        attempt(thread.join)
        thread.start()
        attempt(thread.start)
        attempt(threading.current_thread().join)
        return seen

    assert outcome(program) == [
        "cannot join thread before it is started",
        "threads can only be started once",
        "cannot join current thread",
    ]


def test_many_threads() -> None:
    """A hundred threads that start threads; none is lost."""

    def program() -> int:
        seen: list[int] = []

        def parent(number: int) -> None:
            child = threading.Thread(target=seen.append, args=(number,))
            time.sleep(number / 1000)
            child.start()
            child.join()

        threads = [threading.Thread(target=parent, args=(number,)) for number in range(100)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(seen)

    assert outcome(program) == 100


# --------------------------------------------------------------------------------------- pools


def test_a_pool_has_its_size() -> None:
    """Twenty sleeps of 0.3 s on eight workers take 0.9 s."""

    def program() -> tuple[float, set[str]]:
        with ThreadPoolExecutor(8) as pool:
            futures = [pool.submit(time.sleep, 0.3) for _ in range(20)]
            names = {thread.name for thread in pool._threads}
            wait(futures)
        return time.monotonic(), names

    names = {f"ThreadPoolExecutor-0_{number}" for number in range(8)}
    assert outcome(program) == (0.9, names)
    assert outcome(program) == (0.9, names)


def test_the_default_size_follows_the_processors_of_the_world() -> None:
    """Four more than there are processors."""
    assert outcome(lambda: ThreadPoolExecutor()._max_workers, cpus=3) == 7


def test_waiting_for_futures() -> None:
    """``wait``, ``as_completed`` and ``result`` end at their moments, and time out at theirs."""

    def program() -> list[Any]:
        seen: list[Any] = []
        with ThreadPoolExecutor(3) as pool:
            futures = [pool.submit(time.sleep, seconds) for seconds in (3, 1, 2)]
            done, _ = wait(futures, return_when=FIRST_COMPLETED)
            seen.append((len(done), time.monotonic()))
            try:
                futures[0].result(timeout=0.25)
            except TimeoutError:
                seen.append(("timed out", time.monotonic()))
            ends = as_completed(futures[:1] + futures[2:])
            return [*seen, *((futures.index(future), time.monotonic()) for future in ends)]

    assert outcome(program) == [(1, 1.0), ("timed out", 1.25), (2, 2.0), (0, 3.0)]


def test_exceptions_come_out_of_a_pool() -> None:
    """As ever."""

    def program() -> str:
        with ThreadPoolExecutor(1) as pool:
            future: Future[Any] = pool.submit(failing)
            return repr(future.exception())

    assert outcome(program) == "LookupError('in the thread')"


def test_a_pool_that_was_started_before_is_refused() -> None:
    """Its threads keep real time, so what they do would be mixed in."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()
        run = simulate(lambda: pool.submit(int).exception())
    (failure,) = run.failures
    assert failure.slug == "escape"
    assert "submits to a thread pool that was started before the simulation" in str(failure)


def test_a_thread_that_was_started_before_cannot_be_joined() -> None:
    """The program would wait for something that lives in real time."""
    go = threading.Event()
    other = threading.Thread(target=go.wait)
    other.start()
    run = simulate(other.join)
    go.set()
    other.join()
    assert [failure.slug for failure in run.failures] in (["deadlock"], ["escape"])
