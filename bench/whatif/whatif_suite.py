"""Predictions against programs that were really rewritten, and replays against their recordings.

python bench/whatif/whatif_suite.py

Each pair of the suite is a program and the same program rewritten. The program is recorded,
the change is predicted from that recording, and the rewritten program is run. Both run in turn,
several times, and of each the quickest run counts: it was the least disturbed by whatever else the
machine does. What computes runs more often, since others take processors from it; each run waits
a while for the machine to be quiet. Exit code 1 if a bar is missed: median error <= 5 %, 90 %
within 15 %, rank correlation >= 0.9, and every prediction that is off by more says "up to", or
what it takes late answers to have needed.
"""

import asyncio
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pairs_clients
import pairs_cores
import pairs_limits
import pairs_mixed
import pairs_off_loop
import pairs_servers
import pairs_structures
import pairs_together
from whatif_backend import serving
from whatif_pair import Main, Pair
from whatif_quiet import wait_until_quiet

import loopscope
from loopscope.analysis.timeline import derive_timeline, task_lives
from loopscope.analysis.whatif.late_answers import LIKE_OTHERS, NOTICED_LATE
from loopscope.analysis.whatif.predict import Prediction, make_model, predict
from loopscope.trace.columns import Trace
from loopscope.trace.reader import read_trace

MEDIAN, WITHIN, SHARE, RANK = 0.05, 0.15, 0.9, 0.9
RUNS, RUNS_COMPUTING = 3, 12
QUIET_S = 0.5
COMPUTING = ("computing", "hashing")
ONE_BY_ONE = "one by one"


@dataclass(frozen=True, slots=True)
class Row:
    """A pair with what was predicted and what came true, in seconds."""

    name: str
    prediction: Prediction
    after_s: float

    @property
    def error(self) -> float:
        """How far off the prediction is, as a share of the truth."""
        return abs(self.prediction.after_ns / 1e9 - self.after_s) / self.after_s

    @property
    def says(self) -> str:
        """What the prediction says of how sure it is."""
        if self.prediction.is_at_most:
            return "up to"
        told = {NOTICED_LATE: "noticed late", LIKE_OTHERS: "like others"}
        return next((told[one] for one in self.prediction.assumptions if one in told), "")

    @property
    def baseline(self) -> float:
        """How far off it would be to say that nothing changes."""
        return abs(self.prediction.recorded_ns / 1e9 - self.after_s) / self.after_s


def record(main: Main, path: Path) -> Trace:
    """Run a program under the recorder."""
    wait_until_quiet(QUIET_S)
    with loopscope.record(path):
        asyncio.run(main())
    return read_trace(path)


def measure(pair: Pair, directory: Path) -> Row:
    """Record, predict, and run the rewritten program: in turn, the quickest of each counts."""
    befores, afters = [], []
    for number in range(RUNS_COMPUTING if is_computing(pair.name) else RUNS):
        befores.append(record(pair.before, directory / f"before{number}.loopscope"))
        afters.append(record(pair.after, directory / "after.loopscope").total_ns)
    timeline = derive_timeline(min(befores, key=lambda trace: trace.total_ns))
    prediction = predict(make_model(timeline, task_lives(timeline)), pair.placed())
    return Row(pair.name, prediction, min(afters) / 1e9)


def is_computing(name: str) -> bool:
    """Whether a pair computes, which a busy machine disturbs."""
    return any(word in name for word in COMPUTING)


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float:
    """Return Spearman's rank correlation (equal values share their mean rank)."""
    return statistics.correlation(_ranks(first), _ranks(second))


def _ranks(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    return [ordered.index(value) + ordered.count(value) / 2 for value in values]


def summarise(what: str, rows: Sequence[Row]) -> bool:
    """Print the figures of some rows; return whether they meet the bars."""
    median = statistics.median(row.error for row in rows)
    within = sum(row.error <= WITHIN for row in rows) / len(rows)
    gains = [row.prediction.recorded_ns / row.prediction.after_ns for row in rows]
    real = [row.prediction.recorded_ns / 1e9 / row.after_s for row in rows]
    rank = rank_correlation(gains, real) if len(rows) > 1 else 1.0
    print(f"\n{len(rows)} {what}: median error {median:.1%}, {within:.0%} within {WITHIN:.0%},")
    print(f"rank correlation of the gains {rank:.2f}.")
    print(f"'Nothing changes': median error {statistics.median(r.baseline for r in rows):.0%}.")
    return median <= MEDIAN and within >= SHARE and rank >= RANK


def report(rows: Sequence[Row]) -> bool:
    """Print the table; return whether all bars are met."""
    print("| change | before | predicted | really | error | says |\n|---|---|---|---|---|---|")
    for row in rows:
        before, after = row.prediction.recorded_ns / 1e9, row.prediction.after_ns / 1e9
        print(
            f"| {row.name} | {before:.3f} s | {after:.3f} s | {row.after_s:.3f} s | "
            f"{after / row.after_s - 1:+.1%} | {row.says} |"
        )
    is_fine = summarise("pairs", rows)
    waiting = [row for row in rows if not is_computing(row.name)]
    many = [row for row in rows if ONE_BY_ONE not in row.name]
    for what, some in (
        ("do not compute, which a busy machine disturbs", waiting),
        ("have no server that answers one by one", many),
    ):
        if some:
            summarise(f"of them {what}", some)
    off = [row for row in rows if row.error > WITHIN]
    silent = [row.name for row in off if not row.says]
    for row in off:
        print(f"Off by more: {row.name} ({row.error:.0%}), says '{row.says}'.")
    return is_fine and not silent


def main() -> int:
    """Measure all pairs, or those whose names hold an argument."""
    wanted = sys.argv[1:]
    rooms = (
        pairs_together,
        pairs_clients,
        pairs_off_loop,
        pairs_limits,
        pairs_mixed,
        pairs_cores,
        pairs_structures,
        pairs_servers,
    )
    pairs = [pair for room in rooms for pair in room.PAIRS]
    chosen = [pair for pair in pairs if not wanted or any(word in pair.name for word in wanted)]
    with serving(), tempfile.TemporaryDirectory() as directory:
        pools = (pairs_off_loop.PROCESSES, pairs_off_loop.ONE_PROCESS)
        for pool in pools:  # starting the processes is not part of any pair
            list(pool.map(abs, range(8)))
        rows = [measure(pair, Path(directory)) for pair in chosen]
        for pool in pools:
            pool.shutdown()
    return 0 if report(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
