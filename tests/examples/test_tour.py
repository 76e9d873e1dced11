"""The tour prints what the commands in it print."""

import re
from collections.abc import Iterator

import pytest
from tests.examples.commands import Runs, Shown, chains, stops
from tests.examples.table import TABLE

STOPS = stops()
LEFT_OUT = "…"


@pytest.mark.parametrize("stop", STOPS, ids=lambda one: one[0].command.split("/")[-1])
def test_prints_what_its_commands_print(stop: list[Shown], runs: Runs) -> None:
    """Every line under a command is printed by it, in that order."""
    results = [ran for chain in chains(stop) for ran in runs.results(chain)]
    for shown, ran in zip(stop, results, strict=True):
        printed = (ran.stdout + ran.stderr).splitlines()
        expected = shown.lines
        if "loopscope run" in shown.command:
            printed, expected = without_numbers(printed), without_numbers(expected)
        assert missing(expected, printed) == [], "\n".join(printed)


def without_numbers(lines: list[str]) -> list[str]:
    """Blank what differs from one real run to another."""
    return [re.sub(r"\s*\d+(\.\d+)?", "#", line) for line in lines]


def missing(expected: list[str], printed: list[str]) -> list[str]:
    """Return the first piece that is not found where it should be; empty if all are there."""
    at = 0
    for piece in pieces(expected):
        last = len(printed) - len(piece)
        places = (n for n in range(at, last + 1) if printed[n : n + len(piece)] == piece)
        found = next(places, None)
        if found is None:
            return piece
        at = found + len(piece)
    return []


def pieces(lines: list[str]) -> Iterator[list[str]]:
    """Split at what was left out."""
    piece: list[str] = []
    for line in lines:
        if line == LEFT_OUT:
            yield piece
            piece = []
        else:
            piece.append(line)
    yield piece


def test_visits_every_program() -> None:
    """The tour runs each program of the table."""
    words = [word for stop in STOPS for shown in stop for word in shown.command.split()]
    programs = {word for word in words if word.endswith(".py")} - {"tools/postgres.py"}
    assert programs == {f"examples/{one.path}" for one in TABLE}
