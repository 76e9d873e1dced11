"""Eight bugs of concurrent programs: which seed finds each, and how small its world becomes.

python bench/bugs.py [SEEDS]

The programs are those of tests/check/bugs, each with a fixed twin, and eight more that cannot fail
on asyncio. Exit code 1 if a bug is not found within SEEDS (1,000) seeds, if its smallest world has
more than three unusual choices or takes more than 200 runs to find, or if anything is reported of
a program that is right.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from loopscope.check.case import Case, read_case
from loopscope.check.one_run import run_case
from loopscope.check.outcome import Outcome
from loopscope.check.pieces import Plan, run_piece
from loopscope.check.program import Program
from loopscope.check.promises import Promises
from loopscope.check.rounds import Rounds, rounds_of
from loopscope.check.shrink import shrink
from loopscope.check.surroundings import Surroundings

BUGS = Path(__file__).parents[1] / "tests" / "check" / "bugs"
MOST_CHOICES = 3
MOST_RUNS = 200


def program(name: str, world: str) -> Program:
    """Return a program in its world."""
    path = BUGS / f"{name}.py"
    around = Surroundings(BUGS / f"{world}.toml")
    return Program(path.name, str(path), str(BUGS), (path.name,), surroundings=around)


def run(what: Program, case: Case) -> Outcome:
    """Run it once."""
    return run_case(what, Promises(), case)


def first_failing(what: Program, seeds: int, *, guided: bool) -> Outcome | None:
    """Return the first run of a sweep that breaks a promise."""
    rounds = Rounds(Plan(what, Promises(), is_guided=guided), range(seeds))
    for part in rounds_of(range(seeds)):
        plan = rounds.plan_of(part.start)
        if plan is None:
            raise RuntimeError("A round began before it could.")
        piece = run_piece(plan, part, os.getppid())
        if piece.failed:
            return run(what, read_case(piece.failed[0].case))
        rounds.note(piece)
    return None


@dataclass(frozen=True, slots=True)
class Row:
    """What is found of one bug."""

    text: str
    is_fine: bool


def measure(name: str, seeds: int) -> Row:
    """Look for a bug, shrink it, replay it, and look at its fixed twin."""
    what = program(name, name)
    found = first_failing(what, seeds, guided=True)
    if found is None:
        return Row(f"{name:24} not found in {seeds} seeds", is_fine=False)
    plain = first_failing(what, seeds, guided=False)
    smallest = shrink(found, lambda case: run(what, case))
    replayed = run(what, read_case(smallest.case.written()))
    twin = first_failing(program(f"{name}_fixed", name), seeds, guided=True)
    is_fine = (
        len(smallest.choices) <= MOST_CHOICES
        and smallest.runs <= MOST_RUNS
        and replayed == smallest.outcome
        and twin is None
    )
    plainly = "-" if plain is None else str(plain.case.seed)
    alarm = "none" if twin is None else f"seed {twin.case.seed}"
    where = ", ".join(one.rpartition("/")[2] for one in found.where.split(", "))
    return Row(
        f"{name:24} {found.case.seed:6} {plainly:>10} {smallest.runs:5} {alarm:>6}  "
        f"{found.kind} at {where}: {'; '.join(smallest.lines())}",
        is_fine,
    )


def main() -> None:
    """Print a line for each program, as it is known."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    heads = f"{'bug':24} {'guided':>6} {'unguided':>10} {'runs':>5} {'twin':>6}  smallest world"
    print(f"{heads}\n{'':24} {'(first failing seed)':>17} {'':5} {'':6}")
    rows = []
    for path in sorted(BUGS.glob("*.toml")):
        if path.stem != "holds":
            rows.append(measure(path.stem, seeds))
            print(rows[-1].text, flush=True)
    alarms = 0
    for path in sorted(BUGS.glob("holds_*.py")):
        alarm = first_failing(program(path.stem, "holds"), seeds, guided=True)
        alarms += alarm is not None
        print(f"{path.stem:24} {'held' if alarm is None else f'FAILED at {alarm.case.seed}'}")
    sys.exit(0 if all(row.is_fine for row in rows) and not alarms else 1)


if __name__ == "__main__":
    main()
