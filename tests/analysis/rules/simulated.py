"""Findings of small programs, each run once in a simulated world, so that they are repeatable."""

from pathlib import Path

from tests.support import loopscope

from loopscope.analysis.findings import findings_of
from loopscope.analysis.summary import summarise
from loopscope.model.finding import Finding
from loopscope.trace.reader import read_trace

HEAD = "import asyncio, time\n\n"


def findings(directory: Path, program: str, *options: str) -> list[Finding]:
    """Return the findings of a program, the worst first."""
    (directory / "app.py").write_text(HEAD + program)
    costs = () if "--cost" in options else ("--cost", "none")
    done = loopscope(
        "simulate", "-q", *costs, *options, "--out", "app.trace", "app.py", cwd=directory
    )
    assert done.returncode == 0, done.stderr
    found = findings_of(summarise(read_trace(directory / "app.trace")))
    assert "gave-up" not in {one.rule for one in found}, found
    return found


def told(directory: Path, program: str, *options: str) -> list[tuple[str, str]]:
    """Return each finding as its rule and the text of its line, the worst first."""
    found = findings(directory, program, *options)
    lines = (HEAD + program).splitlines()
    return [(one.rule, lines[one.where.line - 1].strip()) for one in found]
