"""After how many seeds a sweep first meets an order of completions that is rare.

python bench/rare_orders.py [SWEEPS] [SEEDS]      (default: 5 sweeps of at most 1,000 seeds)

Programs that fail when answers arrive in an order that the odds make rare, among answers whose
order does not matter. Three ways: drawn as the world says; one seed in four guided by the seed
alone; and the same with guides that ask for orders not seen in earlier rounds, as ``loopscope
check`` does. The medians over sweeps with other seeds; exit code 1 if the last way does not need
the fewest seeds in every program, or misses more.
"""

import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from loopscope.check.case import Case
from loopscope.check.guidance import guide_of
from loopscope.check.journal import Piece
from loopscope.check.one_run import run_case
from loopscope.check.orders import News
from loopscope.check.outcome import Outcome
from loopscope.check.pieces import Plan
from loopscope.check.program import Program
from loopscope.check.promises import Promises
from loopscope.check.rounds import Rounds, rounds_of
from loopscope.check.surroundings import Surroundings

WORLD = """
[[host]]
name = "*.example.com"
kind = "tcp"
latency = { lognormal = { median = "10ms", sigma = 0.4 } }
"""

PROGRAM = """
import asyncio

ORDER = []

async def ask(name, delay_s):
    await asyncio.sleep(delay_s)
    reader, writer = await asyncio.open_connection(f"{name}.example.com", 7000)
    writer.write(b"?\\n")
    await reader.readline()
    writer.close()
    ORDER.append(name)

def before(first, second):
    return ORDER.index(first) < ORDER.index(second)

async def main(delays_s):
    await asyncio.gather(*(ask(name, delay_s) for name, delay_s in delays_s.items()))
"""

PROGRAMS = {
    "an answer overtakes one asked 38 ms earlier": """
asyncio.run(main({"a": 0, "b": 0.038}))
assert not before("b", "a")
""",
    "the same among six that do not matter": """
asyncio.run(main({"a": 0, "b": 0.038, **{f"other{n}": 0.006 * n for n in range(6)}}))
assert not before("b", "a")
""",
    "two answers overtake two others": """
asyncio.run(main({"a": 0, "b": 0.022, "c": 0, "d": 0.022}))
assert not (before("b", "a") and before("d", "c"))
""",
    "the last of six overtakes all": """
asyncio.run(main({name: 0.004 * n for n, name in enumerate("abcdef")}))
assert ORDER[0] != "f"
""",
}

Sweep = Callable[[Program, range], Iterator[Outcome]]


def as_described(program: Program, seeds: range) -> Iterator[Outcome]:
    """Run seeds as the world says."""
    return (run_case(program, Promises(), Case(seed)) for seed in seeds)


def by_seed(program: Program, seeds: range) -> Iterator[Outcome]:
    """Run seeds, some of them with guides that follow from the seed alone."""
    return (run_case(program, Promises(), Case(seed, guide_of(seed))) for seed in seeds)


def by_orders(program: Program, seeds: range) -> Iterator[Outcome]:
    """Run seeds in rounds, as a sweep does."""
    rounds = Rounds(Plan(program, Promises()), seeds)
    for part in rounds_of(seeds):
        plan = rounds.plan_of(part.start)
        if plan is None:
            raise RuntimeError("A round began before it could.")
        news = News(plan.seen)
        for seed in part:
            outcome = run_case(program, Promises(), plan.case(seed))
            news.note(outcome.order)
            yield outcome
        rounds.note(Piece(part.start, (0,) * len(part), orders=tuple(news.orders)))


WAYS: dict[str, Sweep] = {
    "as described": as_described,
    "by the seed": by_seed,
    "new orders": by_orders,
}


def needed(sweep: Sweep, program: Program, seeds: range) -> int:
    """Return how many seeds it takes to find the failure; one more than there are, if it is not."""
    runs = enumerate(sweep(program, seeds), 1)
    return next((count for count, one in runs if one.broken is not None), len(seeds) + 1)


def main(sweeps: int, most: int) -> int:
    """Print a line for each program."""
    print(
        f"{'median seeds (of so many sweeps, missed in)':42}"
        + "".join(f"{way:>18}" for way in WAYS)
    )
    is_fine = True
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "world.toml").write_text(WORLD)
        for number, (title, end) in enumerate(PROGRAMS.items()):
            path = directory / f"program{number}.py"
            path.write_text(PROGRAM + end)
            around = Surroundings(directory / "world.toml")
            program = Program(path.name, str(path), name, (path.name,), surroundings=around)
            row = []
            for sweep in WAYS.values():
                counts = [
                    needed(sweep, program, range(first, first + most))
                    for first in range(0, sweeps * 100_000, 100_000)
                ]
                row.append((statistics.median(counts), sum(one > most for one in counts)))
            is_fine &= row[-1] == min(row) and row[-1][1] == min(missed for _, missed in row)
            cells = "".join(
                f"{'> ' * (median > most)}{min(median, most):,.0f} ({sweeps}, {missed})".rjust(18)
                for median, missed in row
            )
            print(f"{title:42}{cells}", flush=True)
    return 0 if is_fine else 1


if __name__ == "__main__":
    sys.exit(main(int((sys.argv[1:] or ["5"])[0]), int((sys.argv[2:] or ["1000"])[0])))
