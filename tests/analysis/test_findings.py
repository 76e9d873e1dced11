"""findings: joined, without duplicates, the worst first, whatever the source says."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analysis.rules.simulated import findings
from tests.trace_examples import blocked

from loopscope.analysis.findings import find, findings_of
from loopscope.analysis.rules.catalogue import RULES
from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.analysis.summary import summarise
from loopscope.model.finding import Confidence, Finding
from loopscope.source.project import Project

TWO = """\
async def tick():
    for _ in range(10):
        await asyncio.sleep(0.1)

async def hold():
    await asyncio.sleep(0.05)
    time.sleep(0.1)
    await asyncio.sleep(0.05)
    time.sleep(0.3)

async def main():
    await asyncio.gather(tick(), hold())
    time.sleep(0.05)

asyncio.run(main())
"""


def test_the_worst_first_and_each_place_once(tmp_path: Path) -> None:
    """Source and run find the same calls: each is told once, those that cost most first."""
    found = findings(tmp_path, TWO)
    assert [(one.rule, one.where.line) for one in found] == [
        ("blocking-call", 11),
        ("blocking-call", 9),
        ("blocking-call", 15),
    ]
    saved = [one.saves_ns for one in found]
    assert saved == sorted(saved, key=lambda ns: -(ns or 0))


def test_a_trace_without_source_still_has_its_stalls() -> None:
    """A call that held the loop is found from the recording alone."""
    summary = summarise(blocked())
    assert [(one.rule, one.where.line) for one in find(RunFacts(summary, Project({})))] == [
        ("blocking-call", 11)
    ]


@settings(max_examples=60, deadline=None)
@given(source=st.text(max_size=200))
@pytest.mark.filterwarnings("ignore")
def test_no_source_can_make_it_fail(source: str) -> None:
    """The source text in a trace may be anything; what the run shows is still found."""
    summary = summarise(blocked())
    found = find(RunFacts(summary, Project({"app.py": source})))
    assert "blocking-call" in {one.rule for one in found}


def test_the_source_of_the_trace_is_looked_at() -> None:
    """The files of the program come out of the trace itself."""
    assert {one.rule for one in findings_of(summarise(blocked()))} >= {"blocking-call"}


@pytest.mark.parametrize("end", [".b" * 500, ".b" * 1500, "()" * 1500, "+b" * 3000])
def test_a_line_nested_too_deep_is_no_problem(end: str) -> None:
    """The line that held the loop is told, however its source goes on."""
    trace = blocked()
    places = trace.words.locations
    places[:] = [replace(one, column=-1, end_column=-1) for one in places]
    for file, text in trace.words.sources.items():
        lines = text.splitlines()
        lines[10] = f"    hold(a{end})"
        trace.words.sources[file] = "\n".join(lines)
    assert "blocking-call" in {one.rule for one in findings_of(summarise(trace))}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RecursionError(), "the source is nested too deep, or goes in circles"),
        (KeyError("x"), "loopscope has a mistake there (KeyError('x'))"),
    ],
)
def test_a_rule_that_fails_takes_no_other_with_it(
    monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    """What the others find is told, and after it that this one gave up, and why."""

    def fail(_project: Project) -> list[Finding]:
        raise error

    broken = [replace(one, in_source=fail) if one.name == "polling" else one for one in RULES]
    monkeypatch.setattr("loopscope.analysis.findings.RULES", broken)
    *left, last = findings_of(summarise(blocked()))
    assert [one.rule for one in left] == ["blocking-call"]
    assert (last.rule, last.confidence) == ("gave-up", Confidence.ASK)
    assert last.message == f"polling was not looked for to the end: {said}."
