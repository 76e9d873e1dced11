"""What is said of a test that failed: its seed, how to repeat it, the smallest world, its end."""

import io
import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from rich.console import Console

from loopscope.check.case import Case
from loopscope.check.guidance import guide_of
from loopscope.check.outcome import Outcome
from loopscope.check.report import last_events
from loopscope.check.shrink import Shrunk
from loopscope.model.units import counted
from loopscope.views.terminal.events_text import event_lines
from loopscope.views.terminal.glyphs import choose_glyphs

_WIDTH: Final = 100
_LONGEST: Final = 200
_LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Failure:
    """What is known of a failure.

    Attributes:
        outcome: What came of the run that failed.
        trace: The recording of it, or of the smallest world.
        held: How many cases held before it.
        of: How many cases there are.
        shrunk: The smallest world in which it fails, if there is one.
    """

    outcome: Outcome
    trace: Path
    held: int = 0
    of: int = 1
    shrunk: Shrunk | None = None


def section(item: pytest.Item, failure: Failure) -> str:
    """Return what the report of a failed test says beside its exception."""
    return "\n".join(_lines(item, failure))


def _lines(item: pytest.Item, failure: Failure) -> Iterator[str]:
    outcome, shrunk = failure.outcome, failure.shrunk
    where = f" ({outcome.where})" if outcome.where else ""
    yield f"Seed {outcome.case.seed} fails: {_short(outcome.broken or '')}{where}"
    if failure.held:
        yield f"The {failure.held} seeds before it held, of {failure.of}."
    yield f"Repeat it:  {_command(item, _written(outcome.case))}"
    whose = "it"
    if shrunk is not None:
        lines = shrunk.lines()
        count = counted(len(lines), "choice")
        yield ""
        yield f"The smallest world in which it fails ({count} not as usual, {shrunk.runs} runs):"
        yield from (f"    {line}" for line in lines)
        if not lines:
            yield "    Nothing is unusual: no failure, and everything takes its usual time."
        yield f"Repeat it:  {_command(item, shrunk.case.written())}"
        whose = "the test in this world"
    yield ""
    yield f"The trace of {whose}: {failure.trace}"
    yield f"The end of {whose}:"
    yield from _last_steps(failure.trace)


def _written(case: Case) -> str:
    """Return a case by its seed alone where that says how it is guided, else all of it."""
    return str(case.seed) if case == Case(case.seed, guide_of(case.seed)) else case.written()


def _short(sentence: str) -> str:
    """Return a sentence that is not too long: assertions are told in full elsewhere."""
    return sentence if len(sentence) <= _LONGEST else f"{sentence[: _LONGEST - 3]}..."


def _command(item: pytest.Item, case: str) -> str:
    """Return the command that repeats a case, for where pytest was started."""
    file = os.path.relpath(item.path, item.config.invocation_params.dir)
    name = f"{file}::{item.nodeid.partition('::')[2]}"
    return f"pytest {shlex.quote(name)} --loopscope-seed {shlex.quote(case)}"


def _last_steps(trace: Path) -> Iterator[str]:
    glyphs = choose_glyphs(Console(file=io.StringIO()))
    for line in event_lines(last_events(trace), glyphs=glyphs, width=_WIDTH):
        yield line.plain


def kept_path(item: pytest.Item, case: Case) -> Path:
    """Return where the trace of a failure is kept; the directory exists."""
    directory = _directory(item.config)
    directory.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^\w.\-]+", "-", item.nodeid)[-_LONGEST_NAME:].strip("-")
    return directory / f"{name}-seed-{case.seed}.loopscope"


def _directory(config: pytest.Config) -> Path:
    given = config.getoption("--loopscope-dir")
    if given is not None:
        return config.invocation_params.dir / str(given)
    cache: pytest.Cache | None = getattr(config, "cache", None)
    if cache is None:
        return Path(tempfile.mkdtemp(prefix="loopscope-"))
    return cache.mkdir("loopscope")
