"""What runs alone show of awaits that need their order, and of those that do not."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from tests.check.fixing.snippets import program, snippets, write_world

from loopscope.analysis.fix_report import FixLevel
from loopscope.check.fixing.prove import Proof, Texts, prove
from loopscope.check.fixing.schedule import Schedule
from loopscope.check.fixing.scratch import make_scratch, remove
from loopscope.check.fixing.seen import Seen
from loopscope.check.fixing.trial import Trial, run_trial
from loopscope.check.machines import Local
from loopscope.check.program import Program
from loopscope.check.surroundings import Surroundings
from loopscope.source.independence.decide import why
from loopscope.source.project import Project
from loopscope.source.rewrite.edits import apply_edits
from loopscope.source.rewrite.outcome import UnsupportedError
from loopscope.source.rewrite.rewrite import rewrite

pytestmark = pytest.mark.slow

LEAST_CAUGHT = 50

Prover = Callable[[str, str], Proof | str]


@pytest.fixture(scope="module")
def prover(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prover]:
    """Try the marked awaits of a program, whatever its source tells of them."""
    folder = tmp_path_factory.mktemp("programs")
    world = write_world(folder)
    worker = Local(1)
    yield partial(_tried, folder, world, worker)
    worker.close()


def _tried(folder: Path, world: Path, worker: Local, name: str, code: str) -> Proof | str:
    """Return what trying showed, or why there is nothing to try."""
    file = f"{name}.py"
    (folder / file).write_text(code)
    lines = [number for number, line in enumerate(code.splitlines(), 1) if line.endswith("# <-")]
    candidate = why(Project({file: code}), file, lines[0], lines[-1]).candidate
    if candidate is None:
        return "no awaits that follow each other"
    try:
        made = rewrite(candidate)
    except UnsupportedError as error:
        return str(error)
    scratch = make_scratch(folder)
    inside = Program(
        name=file,
        file=str(scratch.folder / file),
        path_entry=str(scratch.folder),
        argv=(file,),
        surroundings=Surroundings(world=world),
    )

    def run(texts: Texts, schedule: Schedule) -> Seen:
        trial = Trial(inside, scratch, str(scratch.folder), schedule, texts)
        return worker.answer(partial(run_trial, trial))

    texts = [{file: apply_edits(code, edits).encode()} for edits in (made.marks, made.marked)]
    try:
        return prove(run, texts[0], texts[1], seeds=1)
    finally:
        remove(scratch.base)


def _said(prover: Prover, file: str) -> dict[str, Proof | str]:
    programs = {name: program(name, code) for name, code in snippets(file).items()}
    return {name: prover(name, code) for name, code in programs.items() if code is not None}


SHOWN_BY_NOTHING = {
    "a_pause_first",  # what comes after the pause asks the same of the same host
    "kwargs_spread",  # both append the same
    "under_a_lock",  # nobody else wants the lock
    "under_a_transaction",  # the stand-in knows no transactions
    "with_lock_in_self",
}
"""What need their order without its ever showing: the source tells, and runs cannot."""


def test_runs_alone_let_none_through_whose_order_ever_shows(prover: Prover) -> None:
    """Even when nothing is asked of the source, what is secretly dependent is not verified."""
    said = _said(prover, "dependent.txt")
    proofs = {name: one for name, one in said.items() if isinstance(one, Proof)}
    verified = {name for name, one in proofs.items() if one.level is FixLevel.VERIFIED}
    assert verified == SHOWN_BY_NOTHING
    caught = {name for name, one in proofs.items() if one.level <= FixLevel.ASK}
    assert len(caught) >= LEAST_CAUGHT


def test_what_is_independent_is_verified(prover: Prover) -> None:
    """Careful is easy if one always says no."""
    said = _said(prover, "independent.txt")
    left = {
        name: one if isinstance(one, str) else one.reason
        for name, one in said.items()
        if isinstance(one, str) or one.level is not FixLevel.VERIFIED
    }
    assert list(left) == ["file_and_page"]
    assert "takes no virtual time" in left["file_and_page"]
