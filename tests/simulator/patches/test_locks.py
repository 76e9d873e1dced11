"""Locks and all that is made of them wait in virtual time, exactly, whenever they were made."""

import _thread
import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.simulator.patches.runs import outcome, simulate

LOCK = threading.Lock()
RECURSIVE = threading.RLock()
CONDITION = threading.Condition()
PLAIN_CONDITION = threading.Condition(threading.Lock())
QUEUE: "queue.Queue[int]" = queue.Queue(2)
SIMPLE: "queue.SimpleQueue[int]" = queue.SimpleQueue()
EVENT = threading.Event()


@pytest.fixture(autouse=True)
def _unlocked() -> Iterator[None]:
    """Whatever a test did with the locks of this module, it left them free."""
    yield
    EVENT.clear()
    with CONDITION, PLAIN_CONDITION:
        assert LOCK.acquire(blocking=False)
        LOCK.release()


def later(seconds: float, function: Callable[..., object], *args: object) -> None:
    """Call a function on another thread after a while."""

    def run() -> None:
        time.sleep(seconds)
        function(*args)

    threading.Thread(target=run).start()


def taken(lock: Any) -> tuple[Any, float]:
    """Hold a lock for a second on another thread, and take it here."""

    def hold() -> None:
        with lock:
            time.sleep(1)

    threading.Thread(target=hold).start()
    answer = lock.acquire()
    moment = time.monotonic()
    lock.release()
    return answer, moment


@pytest.mark.parametrize("make", [threading.Lock, threading.RLock, threading.Condition])
def test_a_lock_is_waited_for(make: Callable[[], Any]) -> None:
    """A lock that is held for a second is had after a second."""
    assert outcome(lambda: taken(make())) == (True, 1.0)


@pytest.mark.parametrize("lock", [LOCK, RECURSIVE, CONDITION, PLAIN_CONDITION])
def test_a_lock_made_before_is_waited_for(lock: Any) -> None:
    """So is one that was there before the simulation began."""
    assert outcome(lambda: taken(lock)) == (True, 1.0)


@pytest.mark.parametrize("make", [threading.Lock, threading.RLock])
def test_timeouts_are_exact(make: Callable[[], Any]) -> None:
    """A lock that is never had costs exactly the timeout; without one, no time."""

    def program() -> list[Any]:
        lock = make()
        threading.Thread(target=lock.acquire).start()
        seen = [lock.acquire(timeout=0.3), time.monotonic()]
        return [*seen, lock.acquire(blocking=False), lock.acquire(timeout=0), time.monotonic()]

    assert outcome(program) == [False, 0.3, False, False, 0.3]


@pytest.mark.parametrize("make", [threading.Lock, threading.RLock])
@pytest.mark.parametrize(
    "wrong",
    [
        {"blocking": False, "timeout": 1},
        {"timeout": -2},
        {"timeout": "a"},
        {"timeout": 1e30},
        {"timeout": None},
    ],
    ids=str,
)
def test_wrong_timeouts_raise_what_they_raise(
    make: Callable[[], Any], wrong: dict[str, Any]
) -> None:
    """The same class and words as without a simulation."""

    def trial() -> str:
        try:
            make().acquire(**wrong)
        except Exception as error:  # noqa: BLE001 - compared
            return repr(error)
        return "acquired"

    assert outcome(trial) == trial()


def test_releasing_what_is_free_raises() -> None:
    """As ever."""

    def program() -> None:
        threading.Lock().release()

    with pytest.raises(RuntimeError, match="release unlocked lock"):
        simulate(program)


def test_a_recursive_lock_counts() -> None:
    """The owner takes it again at once; others get it when it was given back as often."""

    def program() -> list[Any]:
        lock = threading.RLock()
        seen: list[Any] = []

        def other() -> None:
            with lock:
                seen.append(("other", time.monotonic()))

        with lock:
            with lock:
                threading.Thread(target=other).start()
                time.sleep(1)
            seen.append(("still mine", time.monotonic()))
            time.sleep(1)
        time.sleep(0)
        return seen

    assert outcome(program) == [("still mine", 1.0), ("other", 2.0)]


@pytest.mark.parametrize("made", [None, CONDITION, PLAIN_CONDITION], ids=["new", "old", "plain"])
def test_conditions(made: threading.Condition | None) -> None:
    """Waiters time out and are notified at their moments, the longest waiting first."""

    def program() -> list[Any]:
        condition = made or threading.Condition()
        seen: list[Any] = []

        def wait(timeout: float | None) -> None:
            condition.acquire()
            seen.append((timeout, condition.wait(timeout), time.monotonic()))
            condition.release()

        for timeout in (1, 2, None, None):
            threading.Thread(target=wait, args=(timeout,)).start()
        time.sleep(1.5)
        with condition:
            condition.notify(2)
        time.sleep(1)
        with condition:
            condition.notify_all()
        time.sleep(0)
        return seen

    assert outcome(program) == [
        (1, False, 1.0),
        (2, True, 1.5),
        (None, True, 1.5),
        (None, True, 2.5),
    ]


def test_a_condition_inside_its_recursive_lock() -> None:
    """``wait`` gives the lock back however often it was taken, and takes it as often again."""

    def program() -> list[Any]:
        seen: list[Any] = []

        def notify() -> None:
            with CONDITION:
                seen.append(("has it", time.monotonic()))
                CONDITION.notify()

        with CONDITION, CONDITION:
            later(1, notify)
            seen.append(CONDITION.wait())
            seen.append(CONDITION._is_owned())  # type: ignore[attr-defined]
        return seen

    assert outcome(program) == [("has it", 1.0), True, True]


def test_events_semaphores_and_barriers() -> None:
    """All of them follow from locks."""

    def program() -> list[Any]:
        semaphore, barrier = threading.BoundedSemaphore(1), threading.Barrier(2)
        later(1, EVENT.set)
        later(2, semaphore.release)
        later(3, barrier.wait)
        semaphore.acquire()
        return [
            (EVENT.wait(0.5), time.monotonic()),
            (EVENT.wait(), time.monotonic()),
            (semaphore.acquire(timeout=0.25), time.monotonic()),
            (semaphore.acquire(), time.monotonic()),
            (barrier.wait(), time.monotonic()),
        ]

    assert outcome(program) == [(False, 0.5), (True, 1.0), (False, 1.25), (True, 2.0), (0, 3.0)]


@pytest.mark.parametrize("made", [None, QUEUE], ids=["new", "old"])
def test_a_queue_has_its_size_and_its_timeouts(made: "queue.Queue[int] | None") -> None:
    """``put`` waits while it is full, ``get`` while it is empty."""

    def program() -> list[Any]:
        jobs: queue.Queue[int] = made or queue.Queue(2)
        seen: list[Any] = []

        def produce() -> None:
            for number in range(4):
                jobs.put(number)
                seen.append(("put", number, time.monotonic()))

        threading.Thread(target=produce).start()
        for _ in range(4):
            time.sleep(0.1)
            seen.append(("got", jobs.get(), time.monotonic()))
        try:
            jobs.get(timeout=0.25)
        except queue.Empty:
            seen.append(("empty", time.monotonic()))
        return seen

    assert outcome(program) == [
        ("put", 0, 0.0),
        ("put", 1, 0.0),
        ("got", 0, 0.1),
        ("put", 2, 0.1),
        ("got", 1, 0.2),
        ("put", 3, 0.2),
        ("got", 2, 0.3),
        ("got", 3, 0.4),
        ("empty", 0.65),
    ]


@pytest.mark.parametrize("made", [None, SIMPLE], ids=["new", "old"])
def test_a_simple_queue(made: "queue.SimpleQueue[int] | None") -> None:
    """The one that is written in C."""

    def program() -> list[Any]:
        jobs: queue.SimpleQueue[int] = made or queue.SimpleQueue()
        seen: list[Any] = []
        for way in ({"timeout": 0.25}, {"timeout": 0}, {"block": False}):
            try:
                jobs.get(**way)
            except queue.Empty:
                seen.append(time.monotonic())
        later(1, jobs.put, 7)
        later(2, jobs.put_nowait, 8)
        seen += [jobs.get(), time.monotonic(), jobs.get(timeout=5), time.monotonic()]
        jobs.put(9)
        return [*seen, jobs.get_nowait(), jobs.empty()]

    assert outcome(program) == [0.25, 0.25, 0.25, 7, 1.25, 8, 2.25, 9, True]


def test_a_wrong_timeout_of_a_simple_queue() -> None:
    """It raises what it raises, also where something could be had."""

    def program() -> None:
        SIMPLE.put(1)
        try:
            SIMPLE.get(timeout=-1)
        finally:
            SIMPLE.get()

    with pytest.raises(ValueError, match="'timeout' must be a non-negative number"):
        simulate(program)


def test_order_of_waiting_is_order_of_getting() -> None:
    """Threads that wait for one lock get it in the order in which they came."""

    def program() -> list[int]:
        lock, seen = threading.Lock(), []

        def take(number: int) -> None:
            with lock:
                seen.append(number)
                time.sleep(1)

        threads = [threading.Thread(target=take, args=(number,)) for number in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return seen

    assert outcome(program) == list(range(10))


def test_producers_and_consumers_repeat() -> None:
    """Three producers, two consumers, drawn pauses: 50 seeds, two runs each, no difference."""

    def program() -> list[Any]:
        import random  # noqa: PLC0415  (drawn from the seed)

        jobs: queue.Queue[tuple[int, int]] = queue.Queue(3)
        seen: list[Any] = []

        def produce(name: int) -> None:
            for number in range(5):
                time.sleep(random.random())
                jobs.put((name, number))

        def consume(name: int) -> None:
            while True:
                job = jobs.get()
                time.sleep(random.random())
                seen.append((name, job, time.monotonic_ns()))
                jobs.task_done()

        for name in range(2):
            threading.Thread(target=consume, args=(name,), daemon=True).start()
        producers = [threading.Thread(target=produce, args=(name,)) for name in range(3)]
        for thread in producers:
            thread.start()
        for thread in producers:
            thread.join()
        jobs.join()
        return seen

    first = [outcome(program, seed=seed) for seed in range(50)]
    assert all(len(seen) == 15 for seen in first)
    assert len({str(seen) for seen in first}) == 50
    assert [outcome(program, seed=seed) for seed in range(50)] == first


def test_a_deadlock_of_two_locks_is_reported() -> None:
    """Two threads that take two locks in opposite order: said at once, with both lines."""

    def program() -> None:
        one, other = threading.Lock(), threading.Lock()

        def take(first: Any, second: Any) -> None:
            with first:
                time.sleep(0.1)
                with second:
                    pass

        threads = [
            threading.Thread(target=take, args=locks, name=f"taker {locks[0] is one}")
            for locks in ((one, other), (other, one))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    run = simulate(program)
    assert run.seconds == 0.1
    (failure,) = run.failures
    assert failure.slug == "deadlock"
    assert "taker True" in str(failure)
    assert "taker False" in str(failure)
    assert str(failure).count("with second:") == 2


def test_a_lock_held_outside_for_a_moment_is_waited_for_really() -> None:
    """A thread outside, say of a logger, holds a lock briefly: no virtual time passes."""
    held, release = threading.Semaphore(0), threading.Semaphore(0)

    def outsider() -> None:
        with LOCK:
            held.release()
            release.acquire(timeout=0.005)

    def program() -> tuple[bool, float]:
        answer = LOCK.acquire(timeout=5)
        LOCK.release()
        return answer, time.monotonic()

    other = threading.Thread(target=outsider)
    other.start()
    held.acquire()
    assert outcome(program) == (True, 0.0)
    other.join()


def test_a_lock_held_outside_for_long_is_an_escape() -> None:
    """Waiting for it in virtual time ends at its timeout, and whoever releases it is named."""
    held, release, released = (threading.Semaphore(0) for _ in range(3))

    def outsider() -> None:
        LOCK.acquire()
        held.release()
        release.acquire()
        LOCK.release()
        released.release()

    def program() -> tuple[bool, float]:
        def let_go() -> None:
            time.sleep(1)
            release.release()
            while not released.acquire(blocking=False):
                pass

        threading.Thread(target=let_go).start()
        return LOCK.acquire(timeout=5), time.monotonic()

    other = threading.Thread(target=outsider)
    other.start()
    held.acquire()
    run = simulate(program)
    other.join()
    assert run.result[0]
    assert [failure.slug for failure in run.failures] == ["escape"]
    assert "not part of the simulation wakes one that is (lock)" in str(run.failures[0])
    LOCK.release()


def test_members_wake_outsiders() -> None:
    """A thread outside that waits for a lock of the program gets it when it is released."""
    woken = threading.Semaphore(0)

    def outsider() -> None:
        EVENT.wait()
        woken.release()

    _thread.start_new_thread(outsider, ())
    outcome(EVENT.set)
    assert woken.acquire(timeout=60)
