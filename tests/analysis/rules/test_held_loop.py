"""blocking-call and computing-on-loop, as a run shows them."""

from pathlib import Path

from tests.analysis.rules.simulated import findings, told

from loopscope.model.changes import Elsewhere, OffLoop
from loopscope.model.finding import Confidence

BLOCKS = """\
def slow():
    time.sleep(0.3)

async def tick():
    for _ in range(5):
        await asyncio.sleep(0.1)

async def hold():
    await asyncio.sleep(0.05)
    slow()

async def main():
    await asyncio.gather(tick(), hold())

asyncio.run(main())
"""


def test_a_blocking_call_is_at_its_own_line_with_what_it_cost(tmp_path: Path) -> None:
    """The finding is at the innermost line, names who was delayed, and says what it would save."""
    [one] = findings(tmp_path, BLOCKS)
    assert (one.rule, one.where.line, one.confidence) == ("blocking-call", 4, Confidence.SEEN)
    assert one.evidence["held_s"] == 0.3
    assert one.evidence["delayed"] == ["tick"]
    assert one.changes == (OffLoop(one.where.file, 4),)
    assert one.saves_ns is not None
    assert 200_000_000 <= one.saves_ns <= 300_000_000


def test_each_line_of_a_step_has_its_own_finding(tmp_path: Path) -> None:
    """Two calls that block in one step are two findings, each with its own time."""
    program = BLOCKS.replace("    time.sleep(0.3)", "    time.sleep(0.1)\n    time.sleep(0.2)")
    found = [(one.where.line, one.evidence["held_s"]) for one in findings(tmp_path, program)]
    assert sorted(found) == [(4, 0.1), (5, 0.2)]


def test_a_short_block_is_no_finding(tmp_path: Path) -> None:
    """What holds the loop for less than a stall is not told by the run."""
    program = BLOCKS.replace("time.sleep(0.3)", "time.monotonic()")
    assert told(tmp_path, program) == []


def test_computing_is_no_case_for_a_thread(tmp_path: Path) -> None:
    """Computing is told apart, at the line of the coroutine, and no thread is promised."""
    program = BLOCKS.replace("time.sleep(0.3)", "return sum(range(10))")
    [one] = findings(tmp_path, program, "--cost", "slow=0.3s")
    assert (one.rule, one.where.line) == ("computing-on-loop", 12)
    assert one.remedy.startswith("A thread does not help")
    assert one.changes == (OffLoop(one.where.file, 12, Elsewhere.PROCESS),)


def test_computing_that_delays_nobody_is_no_finding(tmp_path: Path) -> None:
    """A task that computes alone costs nobody anything."""
    program = BLOCKS.replace("time.sleep(0.3)", "return 1").replace("gather(tick(), ", "gather(")
    rules = [rule for rule, _ in told(tmp_path, program, "--cost", "slow=0.3s")]
    assert "computing-on-loop" not in rules


def test_a_comment_silences_a_finding_of_a_run(tmp_path: Path) -> None:
    """An ignore comment with the rule's name takes the finding away, another name does not."""
    ignored = BLOCKS.replace("(0.3)", "(0.3)  # loopscope: ignore[blocking-call] a test")
    assert told(tmp_path, ignored) == []
    other = BLOCKS.replace("(0.3)", "(0.3)  # loopscope: ignore[polling] a test")
    assert [rule for rule, _ in told(tmp_path, other)] == ["blocking-call"]


def test_a_query_that_computes_is_a_call_that_blocks(tmp_path: Path) -> None:
    """SQLite works in the thread that asks, and gives the interpreter lock back: a thread helps."""
    program = """\
import sqlite3

QUERY = "with recursive n(x) as (select 1 union all select x + 1 from n where x < 2000000) "

async def tick():
    for _ in range(50):
        await asyncio.sleep(0.01)

async def total(db: sqlite3.Connection):
    await asyncio.sleep(0.02)
    return db.execute(QUERY + "select sum(x) from n").fetchone()

async def main():
    await asyncio.gather(tick(), total(sqlite3.connect(":memory:")))

asyncio.run(main())
"""
    assert told(tmp_path, program, "--cost", "measured") == [
        ("blocking-call", 'return db.execute(QUERY + "select sum(x) from n").fetchone()')
    ]
