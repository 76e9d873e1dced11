"""The labelled suite: what loopscope finds, from source and in runs, beside what its peers find.

python bench/findings/compare.py [--verbose] [--peers DIRECTORY]

``--peers`` makes a virtual environment with the other tools in a directory outside of the tree
(or uses the one that is there) and runs them on the same programs. Exit code 1 if a bar is missed.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from marks import Program, read_suite
from own import as_said, from_runs, from_source
from peers import said_by_peers
from scoring import Score, score

from loopscope.model.finding import Confidence

BARS = {"findings": (0.95, 0.97), "lint": (0.75, 0.95)}
"""Least recall and precision."""


def main() -> int:
    """Print the tables; exit code 1 if a bar is missed."""
    options = _options()
    programs = read_suite()
    print(
        f"{len(programs)} programs, {sum(len(one.marks) for one in programs)} marked mistakes, "
        f"{sum(len(one.right) for one in programs)} look-alikes that are right\n"
    )
    with tempfile.TemporaryDirectory() as directory:
        runs = list(from_runs(programs, Path(directory)))
    source = list(from_source(programs))
    scores = {
        "findings": score(programs, as_said(iter(runs), Confidence.LIKELY)),
        "lint": score(programs, as_said(iter(source), Confidence.LIKELY)),
    }
    asked = {
        "findings": score(programs, as_said(iter(runs), Confidence.ASK)),
        "lint": score(programs, as_said(iter(source), Confidence.ASK)),
    }
    if options.peers is not None:
        for name, said in said_by_peers(programs, options.peers).items():
            scores[name] = score(programs, said)
    print_table(programs, scores)
    for name, with_questions in asked.items():
        print(
            f"{name} with its questions (confidence 1): recall {with_questions.recall:.3f}, "
            f"precision {with_questions.precision:.3f}"
        )
    if options.verbose:
        for name in BARS:
            _print_errors(name, scores[name])
    return _judged(scores)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="list every miss and false alarm")
    parser.add_argument("--peers", type=Path, help="directory of the peers' virtual environment")
    return parser.parse_args()


def print_table(programs: Sequence[Program], scores: dict[str, Score]) -> None:
    """Print found marks a rule and tool, then recall and precision a tool."""
    rules = sorted({mark.rule for program in programs for mark in program.marks})
    width = max(len(rule) for rule in rules) + 2
    print(f"{'':{width}}{'marks':>6}", *(f"{name:>12}" for name in scores))
    for rule in rules:
        marks = next(iter(scores.values())).marks[rule]
        cells = [
            f"{one.found[rule]}{f' +{one.false[rule]}' if one.false[rule] else ''}"
            for one in scores.values()
        ]
        print(f"{rule:{width}}{marks:>6}", *(f"{cell:>12}" for cell in cells))
    print(f"{'recall':{width}}{'':>6}", *(f"{one.recall:>12.3f}" for one in scores.values()))
    print(f"{'precision':{width}}{'':>6}", *(f"{one.precision:>12.3f}" for one in scores.values()))
    print("(+n: false alarms)\n")


def _print_errors(name: str, result: Score) -> None:
    for mark in result.missed:
        print(f"{name} misses {mark.file}:{min(mark.lines)} {mark.rule}")
    for one in result.false_alarms:
        print(f"{name} false {one.file}:{one.line} {', '.join(sorted(one.rules))} {one.text}")


def _judged(scores: dict[str, Score]) -> int:
    missed = False
    for name, (recall, precision) in BARS.items():
        one = scores[name]
        holds = one.recall >= recall and one.precision >= precision
        missed |= not holds
        print(
            f"{'holds ' if holds else 'MISSED'} {name}: recall {one.recall:.3f} (bar {recall}), "
            f"precision {one.precision:.3f} (bar {precision})"
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
