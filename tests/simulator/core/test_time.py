"""Virtual time is exact, and deadlines are kept as asyncio keeps them."""

import asyncio
import math
import time

import pytest

import loopscope


def test_durations_are_exact() -> None:
    """Ten sleeps of a tenth of a second take one second, to the nanosecond."""

    async def main() -> list[float]:
        times = []
        for _ in range(10):
            await asyncio.sleep(0.1)
            times.append(asyncio.get_running_loop().time())
        return times

    done = loopscope.simulate(main, costs="none")
    assert done.result == [number / 10 for number in range(1, 11)]
    assert done.duration_s == 1.0


def test_all_clocks_show_the_same_time() -> None:
    """loop.time, time.monotonic and time.time move together, also while the loop is held."""

    async def main() -> list[tuple[float, ...]]:
        loop = asyncio.get_running_loop()
        began = (loop.time(), time.monotonic(), time.perf_counter(), time.time())
        await asyncio.sleep(0.5)
        time.sleep(0.25)
        ended = (loop.time(), time.monotonic(), time.perf_counter(), time.time())
        return [(round(end - begin, 6),) for begin, end in zip(began, ended, strict=True)]

    assert loopscope.simulate(main, costs="none").result == [(0.75,)] * 4


def test_sums_of_floats_wake_in_the_order_of_asyncio() -> None:
    """0.1 + 0.2 is later than 0.3, as its float is; both are due at the same nanosecond."""

    async def main() -> list[object]:
        loop, log = asyncio.get_running_loop(), list[object]()
        loop.call_at(0.1 + 0.2, log.append, "sum")
        loop.call_at(0.3, log.append, "plain")
        await asyncio.sleep(0.3)
        return [*log, loop.time()]

    assert loopscope.simulate(main, costs="none").result == ["plain", "sum", 0.3]


def test_equal_deadlines_fire_in_the_order_they_were_set() -> None:
    """A hundred timers for one moment fire first in, first out, among earlier and later ones."""

    async def main() -> list[int]:
        loop, log = asyncio.get_running_loop(), list[int]()
        for number in range(100):
            loop.call_later(1, log.append, number)
            loop.call_later(0.5 + number / 1000, lambda: None)
        await asyncio.sleep(1.5)
        return log

    assert loopscope.simulate(main, costs="none").result == list(range(100))


def test_a_deadline_in_the_past_is_due_in_the_next_turn() -> None:
    """call_at before now and call_later with a negative delay run at once, and move no clock."""

    async def main() -> tuple[list[str], float]:
        loop, log = asyncio.get_running_loop(), list[str]()
        await asyncio.sleep(1)
        loop.call_at(0.5, log.append, "at")
        loop.call_later(-3, log.append, "later")
        loop.call_at(math.nan, log.append, "no number")
        loop.call_at(-math.inf, log.append, "long ago")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return sorted(log), loop.time()

    expected = (["at", "later", "long ago", "no number"], 1.0)
    assert loopscope.simulate(main, costs="none").result == expected


def test_a_timer_at_infinity_never_fires() -> None:
    """It keeps nobody waiting, and a program that has nothing else is deadlocked."""

    async def main() -> float:
        loop = asyncio.get_running_loop()
        timer = loop.call_later(math.inf, print, "never")
        await asyncio.sleep(3600)
        timer.cancel()
        return loop.time()

    assert loopscope.simulate(main, costs="none").result == 3600.0
    with pytest.raises(loopscope.LoopscopeError, match="sleeps for ever"):
        loopscope.simulate(lambda: asyncio.sleep(math.inf), costs="none")


def test_long_times_stay_exact() -> None:
    """After months of virtual time a microsecond is still a microsecond."""

    async def main() -> int:
        await asyncio.sleep(100 * 86_400)
        before = time.monotonic_ns()
        await asyncio.sleep(0.000_001)
        return time.monotonic_ns() - before

    assert loopscope.simulate(main, costs="none", max_time_s=200 * 86_400).result == 1000


def test_cancelled_timers_are_cleared_away() -> None:
    """Thousands of timeouts that are never needed do not pile up."""

    async def main() -> tuple[int, int]:
        loop = asyncio.get_running_loop()
        most = 0
        for _ in range(2000):
            async with asyncio.timeout(1000):
                await asyncio.sleep(0)
            most = max(most, len(loop._scheduled))  # type: ignore[attr-defined]
        kept = loop.call_later(5, lambda: None)
        for _ in range(200):
            loop.call_later(1, lambda: None).cancel()
        await asyncio.sleep(6)
        return most, int(kept.when())

    most, kept = loopscope.simulate(main, costs="none").result
    assert most <= 250
    assert kept == 5


def test_waiting_by_looking_at_the_clock_ends() -> None:
    """A busy wait ends though computing is free, about when it should; so does one that yields."""

    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        ended = []
        while time.monotonic() < 1:
            pass
        ended.append(loop.time())
        while loop.time() < 2:
            await asyncio.sleep(0)
        ended.append(loop.time())
        seen: list[int] = []
        loop.call_later(1, seen.append, 1)
        while not seen:
            await asyncio.sleep(0)
        ended.append(loop.time())
        return ended

    first, second, third = loopscope.simulate(main, costs="none").result
    assert 1 <= first < 1.02
    assert 2 <= second < 2.04
    assert 3 <= third < 3.05


def test_many_tasks_may_look_at_the_clock_at_one_moment() -> None:
    """Five thousand tasks that each read the clock a few times do not make it move."""

    async def one() -> float:
        for _ in range(3):
            time.monotonic()
        await asyncio.sleep(1)
        return asyncio.get_running_loop().time()

    async def main() -> set[float]:
        return set(await asyncio.gather(*(one() for _ in range(5000))))

    assert loopscope.simulate(main, costs="none").result == {1.0}
