"""``sequential-awaits`` in source and in runs."""

from pathlib import Path

import pytest
from tests.analysis.rules.simulated import HEAD, findings

from loopscope.analysis.rules.sequential_awaits import SEQUENTIAL_AWAITS
from loopscope.analysis.summary import summarise
from loopscope.analysis.whatif.predict import make_model, predict
from loopscope.model.changes import Together
from loopscope.model.finding import Confidence, Finding
from loopscope.source.project import Project
from loopscope.trace.reader import read_trace

LOAD = """\
async def load(name, seconds=1):
    await asyncio.sleep(seconds)
    return name

"""


def _in_source(program: str) -> list[Finding]:
    return list(SEQUENTIAL_AWAITS.in_source(Project({"app.py": "import asyncio\n\n" + program})))


def _sequential(directory: Path, program: str) -> list[Finding]:
    found = findings(directory, LOAD + program)
    return [one for one in found if one.rule == "sequential-awaits"]


PAGE = """\
async def main():
    first = await load("a")
    second = await load("b", 2)
    return first, second

asyncio.run(main())
"""


def test_source_alone_says_likely_and_what_to_try() -> None:
    """The finding covers both lines, promises no time, and brings the what-if that would tell."""
    (one,) = _in_source(LOAD + PAGE)
    assert (one.where.line, one.where.end_line) == (8, 9)
    assert (one.confidence, one.saves_ns) == (Confidence.LIKELY, None)
    assert one.changes == (Together("app.py", 8, 9),)


def test_a_task_that_is_awaited_where_it_is_made_is_an_await_like_any_other(
    tmp_path: Path,
) -> None:
    """create_task brings nothing there: the program still waits in turn, 6 s instead of 3 s."""
    program = """\
async def main():
    found = []
    for name in ("a", "b", "c"):
        found.append(await asyncio.create_task(load(name)))
    first = await asyncio.create_task(load("a"))
    second = await asyncio.create_task(load("b", 2))
    return found, first, second

asyncio.run(main())
"""
    found = _sequential(tmp_path, program)
    assert sorted((one.where.line, one.where.end_line) for one in found) == [(10, 10), (11, 12)]
    assert sum(one.saves_ns or 0 for one in found) == 3_000_000_000


RETRY = """\
refused = {"b": 1}

async def once(name):
    await asyncio.sleep(1)
    if refused.pop(name, 0):
        raise OSError
    return name

async def patiently(name):
    for attempt in range(3):
        try:
            return await once(name)
        except OSError:
            await asyncio.sleep(0.5)

async def main():
    return [await patiently(name) for name in ("a", NAME, "c")]

asyncio.run(main())
"""


@pytest.mark.parametrize(("name", "recorded_s"), [("x", 3.0), ("b", 4.5)])
def test_rounds_through_a_retry_are_rounds(tmp_path: Path, name: str, recorded_s: float) -> None:
    """A helper that tries again has a loop of its own; three calls of it are three all the same.

    One that fails, pauses for half a second and tries again is one call, pause and all.
    """
    program = RETRY.replace("NAME", repr(name))
    findings(tmp_path, program)
    summary = summarise(read_trace(tmp_path / "app.trace"))
    before, _, _ = (HEAD + program).partition("    return [await")
    line = before.count("\n") + 1
    change = Together("app.py", line, line)
    told = predict(make_model(summary.timeline, summary.lives), (change,))
    assert (told.recorded_ns / 1e9, told.after_ns / 1e9) == (recorded_s, recorded_s - 2)


def test_pages_that_are_counted_are_no_batches() -> None:
    """Numbers of pages may be asked for together; pages that are given, or looked into, may not."""
    program = """\
async def counted(count):
    return [await load(page) for page in range(1, count + 1)]

async def given(pages):
    return [await load(page) for page in pages]

async def until_empty():
    found = []
    for page in range(1, 100):
        items = await load(page)
        if not items:
            break
        found += items
    return found

async def stepped(count):
    for offset in range(0, count, 50):
        await load(offset)
"""
    assert [one.where.line - LOAD.count("\n") for one in _in_source(LOAD + program)] == [4]


def test_a_task_that_runs_meanwhile_is_none_that_is_awaited_at_once() -> None:
    """One is started before, one between: what follows waits beside them already."""
    program = """\
async def main():
    before = asyncio.create_task(load("a"))
    first = await load("b")
    between = asyncio.create_task(load("c"))
    second = await load("d")
    return first, second, await before, await between
"""
    assert _in_source(LOAD + program) == []


def test_a_run_says_what_it_would_gain(tmp_path: Path) -> None:
    """One second and two in turn are three; together two."""
    (one,) = _sequential(tmp_path, PAGE)
    assert one.saves_ns == 1_000_000_000
    assert not one.is_at_most
    assert "in turn once, for 3 s; together the run would be over 1 s sooner" in one.message


def test_the_gain_of_a_loop_is_that_of_all_its_rounds(tmp_path: Path) -> None:
    """Four rounds of a second are four seconds; together one."""
    program = """\
async def main():
    found = []
    for name in ("a", "b", "c", "d"):
        found.append(await load(name))
    return found

asyncio.run(main())
"""
    (one,) = _sequential(tmp_path, program)
    assert one.saves_ns == 3_000_000_000


def test_awaits_that_hardly_wait_are_left_alone(tmp_path: Path) -> None:
    """Where one takes a second and the other a hundredth, together would gain nothing."""
    program = PAGE.replace('load("b", 2)', 'load("b", 0.01)')
    assert _sequential(tmp_path, program) == []
    assert len(_in_source(LOAD + program)) == 1


def test_a_task_that_would_be_sooner_counts_where_the_run_would_not(tmp_path: Path) -> None:
    """Beside a longer task the run gains nothing, but who waits for this task does."""
    program = """\
async def page():
    first = await load("a")
    second = await load("b")
    return first, second

async def main():
    await asyncio.gather(page(), load("c", 9))

asyncio.run(main())
"""
    (one,) = _sequential(tmp_path, program)
    assert one.saves_ns == 0
    assert "the task would be over 1 s sooner" in one.message


def test_an_await_in_the_arguments_of_gather_is_up_to(tmp_path: Path) -> None:
    """No more can be gained than the shorter of the two waits, and maybe less."""
    program = """\
async def again(name):
    return await load(name)

async def main():
    return await asyncio.gather(load("a"), again(await load("b", 2)))

asyncio.run(main())
"""
    (one,) = _sequential(tmp_path, program)
    assert one.is_at_most
    assert "up to 1 s sooner" in one.message


def test_a_loop_over_batches_is_meant() -> None:
    """Batches bound how much runs at a time: no finding."""
    program = """\
async def main(names):
    found = []
    for start in range(0, len(names), 8):
        found += await asyncio.gather(*(load(name) for name in names[start : start + 8]))
    return found
"""
    assert _in_source(LOAD + program) == []


def test_long_groups_are_told_apart() -> None:
    """Two that may run together, then one that needs both: only the first two are named."""
    program = """\
async def main():
    first = await load("a")
    second = await load("b")
    third = await load(first + second)
    return third
"""
    (one,) = _in_source(LOAD + program)
    assert (one.where.line, one.where.end_line) == (8, 9)


def test_nothing_is_said_of_source_that_is_no_python() -> None:
    """A file that cannot be parsed has no findings and no failure."""
    assert _in_source("async def (:\n") == []


def test_calls_in_circles_and_deep_ones_end() -> None:
    """Functions that call each other, and long chains of them, are looked at once."""
    chain = "".join(f"async def f{n}():\n    await f{n + 1}()\n\n" for n in range(60))
    program = (
        chain
        + "async def f60():\n    await f0()\n\n"
        + "async def main():\n    a = await f0()\n    b = await f1()\n    return a, b\n"
    )
    assert _in_source(program) == []


def test_code_nested_deep_is_no_trouble() -> None:
    """Chains of attributes, sums and calls of many links are looked at like any other."""
    for deep in ("x" + ".y" * 90, "x" + " + x" * 90, "x" + "()" * 90):
        program = (
            f"async def main(x):\n    a = await load({deep})\n    b = await ({deep})(1)\n"
            f"    for c in ({deep}):\n        a.append(await ({deep}).get(c))\n    return a, b\n"
        )
        assert len(_in_source(LOAD + program)) <= 2


def test_calls_that_only_print_are_a_question(tmp_path: Path) -> None:
    """The order of lines may be all that they are for: only the author knows."""
    program = """
async def say(text):
    await asyncio.sleep(1)
    print(text)

async def main():
    await say("hello")
    await say("world")

asyncio.run(main())
"""
    (one,) = _sequential(tmp_path, program)
    assert one.confidence is Confidence.ASK
    assert one.remedy.startswith("If the order of what they print does not matter: run them")
    assert one.saves_ns == 1_000_000_000
