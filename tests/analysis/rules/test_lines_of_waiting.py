"""lock-over-await, narrow-limit and unbounded-concurrency, as a run shows them."""

from pathlib import Path

import pytest
from tests.analysis.rules.simulated import findings, told

from loopscope.model.finding import Confidence

LIMITED = """\
things = asyncio.Semaphore(2)

async def read(number):
    await asyncio.sleep(0.1)
    return number

async def work(number):
    async with things:
        return await read(number)

async def main():
    async with asyncio.TaskGroup() as group:
        for number in range(8):
            group.create_task(work(number))

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("lock", "remedy"),
    [("Lock()", "Wait before or after"), ("Semaphore(1)", "This semaphore lets in one at a time")],
)
def test_a_lock_is_at_the_wait_it_is_held_over(tmp_path: Path, lock: str, remedy: str) -> None:
    """A lock, or a semaphore of 1, is told at the await of the function that took it."""
    [one] = findings(tmp_path, LIMITED.replace("Semaphore(2)", lock))
    assert (one.rule, one.where.line) == ("lock-over-await", 11)
    assert (one.evidence["tasks"], one.evidence["peak_waiting"]) == (7, 7)
    assert one.is_at_most
    assert one.saves_ns == 700_000_000
    assert one.remedy.startswith(remedy)


def test_a_lock_that_is_not_held_over_a_wait_is_right(tmp_path: Path) -> None:
    """Waiting first and taking the lock then makes no line."""
    program = LIMITED.replace("Semaphore(2)", "Lock()").replace(
        "    async with things:\n        return await read(number)",
        "    found = await read(number)\n    async with things:\n        return found",
    )
    assert told(tmp_path, program) == []


def test_a_narrow_limit_says_how_many_it_lets_in(tmp_path: Path) -> None:
    """The limit is worked out from the run; nobody is told that it is surely wrong."""
    [one] = findings(tmp_path, LIMITED)
    assert (one.rule, one.where.line, one.confidence) == ("narrow-limit", 10, Confidence.LIKELY)
    assert (one.evidence["limit"], one.evidence["peak_waiting"]) == (2, 6)


def test_a_limit_of_ten_is_what_limits_are_for(tmp_path: Path) -> None:
    """A wide limit with a long line is no finding, and what it bounds is bounded."""
    program = LIMITED.replace("Semaphore(2)", "Semaphore(10)").replace("range(8)", "range(300)")
    assert told(tmp_path, program) == []


def test_a_pool_of_one_thread(tmp_path: Path) -> None:
    """Work that waits for the only thread of a pool is told where it is sent there."""
    program = """\
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(1)

async def work(number):
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(pool, time.sleep, 0.1)

async def main():
    await asyncio.gather(*(work(number) for number in range(5)))

asyncio.run(main())
"""
    [one] = findings(tmp_path, program)
    assert (one.rule, one.where.line, one.evidence["limit"]) == ("narrow-limit", 8, 1)


FAN_OUT = """\
async def read(name):
    await asyncio.sleep(0.1)

async def read_all(names):
    await asyncio.gather(*(read(name) for name in names))

asyncio.run(read_all(range(COUNT)))
"""


def test_a_fan_out_over_an_argument(tmp_path: Path) -> None:
    """Many at once over a sequence of any length is told, and few refute the suspicion."""
    [one] = findings(tmp_path, FAN_OUT.replace("COUNT", "80"))
    assert (one.rule, one.where.line) == ("unbounded-concurrency", 7)
    assert one.evidence == {"tasks": 80, "peak_waiting": 80}
    assert told(tmp_path, FAN_OUT.replace("COUNT", "8")) == []


def test_a_lock_that_keeps_a_pace_is_a_question(tmp_path: Path) -> None:
    """A limit of requests a second has a line by intent, and without the lock gains nothing."""
    program = """\
class Pace:
    def __init__(self):
        self.turn = asyncio.Lock()
        self.free_at = 0.0

    async def keep(self):
        async with self.turn:
            now = asyncio.get_running_loop().time()
            if now < self.free_at:
                await asyncio.sleep(self.free_at - now)
            self.free_at = max(now, self.free_at) + 0.1

async def main():
    pace = Pace()
    await asyncio.gather(*(pace.keep() for _ in range(5)))

asyncio.run(main())
"""
    [one] = findings(tmp_path, program)
    assert (one.rule, one.confidence, one.changes) == ("lock-over-await", Confidence.ASK, ())
    assert one.remedy.startswith("Where the lock keeps a pace")
    steady = program.replace("asyncio.sleep(self.free_at - now)", "asyncio.sleep(0.1)")
    assert told(tmp_path, steady) == [("lock-over-await", "await asyncio.sleep(0.1)")]


COLLECTED = "    jobs = [read(name) for name in names]\n    await asyncio.gather(*jobs)"
APPENDED = """\
    jobs = []
    for name in names:
        jobs.append(read(name))
    await asyncio.gather(*jobs)"""


ENTERED = "    async with SLOTS:\n        await asyncio.sleep("


@pytest.mark.parametrize(("made", "line"), [(COLLECTED, 8), (APPENDED, 10)])
def test_coroutines_that_a_list_holds_until_they_are_gathered(
    tmp_path: Path, made: str, line: int
) -> None:
    """They are as many as those that are gathered where they are made."""
    program = FAN_OUT.replace("    await asyncio.gather(*(read(name) for name in names))", made)
    [one] = findings(tmp_path, program.replace("COUNT", "80"))
    assert (one.rule, one.where.line) == ("unbounded-concurrency", line)
    assert told(tmp_path, program.replace("COUNT", "8")) == []


def test_a_list_of_coroutines_that_wait_for_a_limit(tmp_path: Path) -> None:
    """A semaphore that each of them enters bounds them, as it does without the list."""
    for made in (COLLECTED, APPENDED):
        program = FAN_OUT.replace("    await asyncio.gather(*(read(name) for name in names))", made)
        program = program.replace("    await asyncio.sleep(", ENTERED)
        program = f"SLOTS = asyncio.Semaphore(60)\n\n{program}"
        rules = [rule for rule, _ in told(tmp_path, program.replace("COUNT", "80"))]
        assert "unbounded-concurrency" not in rules


def test_a_lock_around_what_does_one_thing_at_a_time_is_a_question(tmp_path: Path) -> None:
    """Questions on one line must not mix: the lock is right, though tasks stand in line for it."""
    program = """\
class Wire:
    def __init__(self):
        self.reader = asyncio.StreamReader()
        self.turn = asyncio.Lock()

    async def ask(self):
        async with self.turn:
            asyncio.get_running_loop().call_later(1, self.reader.feed_data, b"x\\n")
            return await self.reader.readline()

async def main():
    wire = Wire()
    async with asyncio.timeout(10):
        await asyncio.gather(*(wire.ask() for _ in range(3)))

asyncio.run(main())
"""
    [one] = findings(tmp_path, program)
    assert (one.rule, one.confidence) == ("lock-over-await", Confidence.ASK)
    assert one.remedy.startswith("self.reader does one thing at a time, so a lock is right")
