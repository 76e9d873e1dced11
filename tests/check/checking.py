"""Programs to check: those of the tests, and those that a test writes."""

import os
from pathlib import Path
from textwrap import dedent

from loopscope.check.journal import Failed
from loopscope.check.pieces import Plan, run_piece
from loopscope.check.program import Program
from loopscope.check.promises import Promises
from loopscope.check.rounds import Rounds, rounds_of
from loopscope.check.surroundings import Surroundings

BUGS = Path(__file__).parent / "bugs"
NAMES = (
    "lost_update",
    "cache_stampede",
    "lock_order",
    "cancellation_leak",
    "missed_wakeup",
    "timeout_against_result",
    "unbounded_queue",
    "ordered_gather",
)


def bug(name: str, *, is_fixed: bool = False) -> Program:
    """Return one of the programs with a bug, or its fixed twin."""
    return script(BUGS / f"{name}{'_fixed' if is_fixed else ''}.py", BUGS / f"{name}.toml")


def script(path: Path, world: Path | None = None) -> Program:
    """Return a script in a world."""
    return Program(
        path.name, str(path), str(path.parent), (path.name,), surroundings=Surroundings(world)
    )


def failed_in(program: Program, seeds: range) -> list[Failed]:
    """Return what does not hold in a sweep, all in this process."""
    rounds = Rounds(Plan(program, Promises()), seeds)
    failed: list[Failed] = []
    for part in rounds_of(seeds):
        plan = rounds.plan_of(part.start)
        assert plan is not None
        piece = run_piece(plan, part, os.getppid())
        rounds.note(piece)
        failed += piece.failed
    return failed


def written(directory: Path, source: str, world: str | None = None) -> Program:
    """Write a script and its world, and return it."""
    path = directory / "app.py"
    path.write_text(dedent(source))
    if world is not None:
        (directory / "world.toml").write_text(dedent(world))
    return script(path, None if world is None else directory / "world.toml")
