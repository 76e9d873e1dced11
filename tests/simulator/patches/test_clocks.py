"""All clocks are one clock, and waiting is what moves it."""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from time import localtime, monotonic, sleep, strftime
from typing import Any

import pytest
from tests.simulator.patches.runs import compute, outcome, simulate

from loopscope.simulator.patches.install import real

KEPT_NOW = dt.datetime.now
EPOCH_S = 1767225600  # 2026-01-01T00:00:00Z


class Moment(dt.datetime):
    """A subclass, as libraries have them."""


def local(seconds: float) -> dt.datetime:
    """Return the machine's local time of so many seconds after the beginning of a simulation."""
    return dt.datetime.fromtimestamp(EPOCH_S + seconds)  # noqa: DTZ006 - local is what is meant


def test_they_begin_at_nought_and_at_a_fixed_date() -> None:
    """Monotonic clocks begin at 0, the wall clock at the beginning of 2026: in every run."""

    def program() -> list[Any]:
        clocks = [time.monotonic(), time.perf_counter(), time.process_time(), time.thread_time()]
        return [*clocks, time.time(), dt.datetime.now(dt.UTC).isoformat()]

    assert outcome(program) == [0, 0, 0, 0, EPOCH_S, "2026-01-01T00:00:00+00:00"]


def test_sleep_moves_all_of_them() -> None:
    """After ``sleep(3.25)`` every clock, however it is bound or asked, shows 3.25 s more."""

    def program() -> list[Any]:
        sleep(3.25)
        return [
            monotonic(),
            time.perf_counter(),
            time.time() - EPOCH_S,
            time.monotonic_ns(),
            time.perf_counter_ns(),
            time.time_ns() - EPOCH_S * 10**9,
            time.clock_gettime(time.CLOCK_MONOTONIC),
            time.clock_gettime(time.CLOCK_BOOTTIME),
            time.clock_gettime_ns(time.CLOCK_REALTIME) - EPOCH_S * 10**9,
        ]

    ns = 3_250_000_000
    assert outcome(program) == [3.25, 3.25, 3.25, ns, ns, ns, 3.25, 3.25, ns]


def test_dates_follow() -> None:
    """``now``, ``today``, kept methods and subclasses, with and without a zone."""

    def program() -> list[Any]:
        sleep(3600.000_001)
        zone = dt.timezone(dt.timedelta(hours=2))
        return [
            dt.datetime.now(),  # noqa: DTZ005 - local is what is meant, here and below
            KEPT_NOW(),
            KEPT_NOW(dt.UTC).timestamp(),
            dt.datetime.now(zone).isoformat(),
            dt.datetime.today(),  # noqa: DTZ002
            dt.date.today(),  # noqa: DTZ011
            type(Moment.now()),
        ]

    moment = local(3600.000_001)
    assert outcome(program) == [
        moment,
        moment,
        EPOCH_S + 3600.000_001,
        "2026-01-01T03:00:00.000001+02:00",
        moment,
        moment.date(),
        Moment,
    ]


def test_log_records_count_from_the_begin_of_the_program() -> None:
    """``relativeCreated`` is virtual, too, though logging was imported before."""

    def program() -> float:
        time.sleep(1.5)
        return logging.LogRecord("app", logging.INFO, __file__, 1, "", (), None).relativeCreated

    assert outcome(program) == pytest.approx(1500)
    record = logging.LogRecord("app", logging.INFO, __file__, 1, "", (), None)
    assert 0 < record.relativeCreated < 1e9


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")
def test_utcnow() -> None:
    """The deprecated one has no zone."""
    answer = outcome(lambda: dt.datetime.utcnow())  # noqa: DTZ003, PLW0108 - it is deprecated
    assert answer.isoformat() == "2026-01-01T00:00:00"


def test_the_calendar_of_time_means_now() -> None:
    """``localtime``, ``gmtime``, ``ctime``, ``asctime``, ``strftime`` without a time."""

    def program() -> list[Any]:
        sleep(61)
        return [
            time.mktime(localtime()),
            time.gmtime().tm_sec,
            time.ctime(),
            time.asctime(),
            strftime("%S"),
            time.gmtime(0).tm_year,
            strftime("%Y", time.gmtime(0)),
        ]

    text = local(61).ctime()
    assert outcome(program) == [EPOCH_S + 61, 1, text, text, "01", 1970, "1970"]


@pytest.mark.parametrize("wrong", [-1, "a", None, float("nan"), float("inf"), 1e30])
def test_wrong_sleeps_raise_what_they_raise(wrong: Any) -> None:
    """The same class and words as without a simulation."""

    def trial() -> str:
        try:
            sleep(wrong)
        except Exception as error:  # noqa: BLE001 - compared
            return repr(error)
        return "slept"

    assert outcome(trial) == trial()


@pytest.mark.parametrize(
    "look", [monotonic, lambda: sleep(0), time.time_ns, lambda: threading.Lock().locked()]
)
def test_a_program_that_waits_by_looking_goes_on(look: Callable[[], object]) -> None:
    """A loop that only looks at a clock until some time has passed ends, though looking is free."""

    def program() -> bool:
        while monotonic() < 0.01:
            look()
        return monotonic() < 0.02

    assert outcome(program)


def test_computing_is_what_processor_clocks_show() -> None:
    """``process_time`` shows what all threads were charged, ``thread_time`` the calling one's."""

    def program() -> list[float]:
        compute(0.5)
        other = threading.Thread(target=compute, args=(0.25,))
        other.start()
        sleep(10)
        other.join()
        by_number = time.clock_gettime(time.CLOCK_THREAD_CPUTIME_ID)
        return [time.process_time(), time.thread_time(), by_number]

    assert outcome(program) == [0.75, 0.5, 0.5]


def test_threads_outside_keep_real_time() -> None:
    """While a program sleeps for twenty hours, a thread of the test runner sees the real clock."""
    ask, told = threading.Semaphore(0), threading.Semaphore(0)
    seen: list[float] = []

    def outsider() -> None:
        ask.acquire()
        seen.append(abs(monotonic() - real(time.monotonic)()))
        seen.append(abs(dt.datetime.now().timestamp() - real(time.time)()))  # noqa: DTZ005
        told.release()

    def program() -> float:
        sleep(20 * 3600)
        ask.release()
        real_acquire = told.acquire
        while not real_acquire(blocking=False):
            pass
        return monotonic()

    other = threading.Thread(target=outsider)
    other.start()
    assert outcome(program) >= 20 * 3600
    other.join()
    assert all(difference < 60 for difference in seen)
    assert len(seen) == 2


def test_a_sleep_that_is_interrupted_restores_the_clocks() -> None:
    """What leaves the program leaves no virtual clock behind."""

    def program() -> None:
        sleep(5)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(program)
    assert abs(time.time() - real(time.time)()) < 60
