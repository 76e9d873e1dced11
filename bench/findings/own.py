"""What loopscope says of the suite: from source alone, and with a run of every program."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from marks import HERE, STAND_INS, Program
from scoring import Said

from loopscope.analysis.findings import findings_of
from loopscope.analysis.summary import summarise
from loopscope.model.finding import Confidence, Finding
from loopscope.session.linting import lint
from loopscope.trace.reader import read_trace

LONGEST_RUN_S = 60


def from_source(programs: Sequence[Program]) -> Iterator[Finding]:
    """Yield what ``loopscope lint`` says."""
    yield from lint([str(program.path) for program in programs], use_cache=False).findings


def from_runs(programs: Sequence[Program], directory: Path) -> Iterator[Finding]:
    """Run every program as its label says, and yield the findings of each run.

    Args:
        programs: What is run.
        directory: Where the traces go.
    """
    traces = [directory / f"{program.path.stem}.loopscope" for program in programs]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(run_program, programs, traces):
            pass  # the first failure is raised here
    for trace in traces:
        yield from findings_of(summarise(read_trace(trace)))


def run_program(program: Program, trace: Path) -> None:
    """Run one program under loopscope.

    Raises:
        RuntimeError: It wrote no trace.
    """
    verb, *options = program.how
    options = [str(HERE / one) if one == "world.toml" else one for one in options]
    command = [sys.executable, "-m", "loopscope", verb, *options, "-q", "--out", str(trace)]
    done = subprocess.run(
        [*command, str(program.path)],
        env={**os.environ, "PYTHONPATH": str(STAND_INS)},
        cwd=trace.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_RUN_S,
    )
    if not trace.exists():
        raise RuntimeError(f"{program.path.name} wrote no trace:\n{done.stderr}")


def as_said(findings: Iterator[Finding], least: Confidence) -> list[Said]:
    """Return findings as the scoring wants them: those at least so sure."""
    return [
        Said(
            Path(one.where.file).name,
            one.where.line,
            one.where.end_line,
            frozenset({one.rule}),
            f"({one.confidence}) {one.message}",
        )
        for one in findings
        if one.confidence >= least
    ]
