"""The commands that the tour shows and the tests of the simulation need, each run once."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path

from tests.support import EXAMPLES

ROOT = EXAMPLES.parent
TOUR = ROOT / "docs" / "tour.md"

# Python imports a module of this name at its start, before anything of ours runs.
SITECUSTOMIZE = """
import os, sys

def note(event, arguments):
    if event.startswith("socket."):
        with open(os.environ["SOCKET_CALLS"], "a") as file:
            print(event, file=file)

sys.addaudithook(note)
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A command of the tour, and the lines that it says this command prints."""

    command: str
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a command."""

    code: int
    stdout: str
    stderr: str
    room: Path
    socket_calls: list[str]

    def trace(self, stem: str) -> Path:
        """Return where the trace of a simulated program is."""
        return self.room / f"{stem}.simulated.loopscope"


def stops() -> list[list[Shown]]:
    """Return the commands of each stop of the tour."""
    text = TOUR.read_text(encoding="utf-8")
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    parts = (re.split(r"^\$ ", block, flags=re.MULTILINE)[1:] for block in blocks)
    return [[_shown(part) for part in stop] for stop in parts]


def _shown(part: str) -> Shown:
    command, *lines = part.splitlines()
    return Shown(command, lines)


def chains(stop: list[Shown]) -> Iterator[list[str]]:
    """Give the commands of a stop that belong together: a run, and what shows its trace."""
    chain: list[str] = []
    for one in stop:
        if chain and not one.command.startswith("loopscope show"):
            yield chain
            chain = []
        chain.append(one.command)
    yield chain


class Runs:
    """Runs chains of commands, a few at a time, each in a directory of its own.

    Args:
        room: Where the directories are made.
        executor: Who runs them.
    """

    def __init__(self, room: Path, executor: Executor) -> None:
        self._room = room
        self._executor = executor
        self._futures: dict[str, Future[list[Ran]]] = {}
        audit = room / "audit"
        audit.mkdir()
        (audit / "sitecustomize.py").write_text(SITECUSTOMIZE)

    def begin(self, chain: Sequence[str]) -> None:
        """Run a chain later, unless its first command has been asked for already."""
        if chain[0] not in self._futures:
            room = self._room / str(len(self._futures))
            self._futures[chain[0]] = self._executor.submit(self._run_chain, chain, room)

    def result(self, command: str) -> Ran:
        """Return what came of the first command of a chain."""
        return self.results([command])[0]

    def results(self, chain: Sequence[str]) -> list[Ran]:
        """Return what came of a chain."""
        return self._futures[chain[0]].result()

    def _run_chain(self, chain: Sequence[str], room: Path) -> list[Ran]:
        room.mkdir()
        for name in ("examples", "tools"):
            (room / name).symlink_to(ROOT / name)
        return [self._run(command, room) for command in chain]

    def _run(self, command: str, room: Path) -> Ran:
        tools = {"loopscope": [sys.executable, "-m", "loopscope"], "python": [sys.executable]}
        words = [part for word in command.split() for part in tools.get(word, [word])]
        calls = room / "socket-calls.txt"
        calls.write_text("")
        audit = {"PYTHONPATH": str(self._room / "audit"), "SOCKET_CALLS": str(calls)}
        environment = {**os.environ, **audit}
        environment.pop("COLUMNS", None)
        done = subprocess.run(
            words,
            cwd=room,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        said = calls.read_text().splitlines()
        return Ran(done.returncode, done.stdout, done.stderr, room, said)
