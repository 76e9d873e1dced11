"""What other tools say of the suite. Only what can mean one of the suite's rules counts."""

import json
import os
import re
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from marks import HERE, PROGRAMS, STAND_INS, Mark, Program
from scoring import Said

PEERS = (
    "ruff flake8 flake8-async mypy pyright pylint blockbuster pyleak aiocop"
    " requests types-requests aiohttp httpx redis"  # what the programs import
)
LONGEST_S = 120

BLOCKS = frozenset({"blocking-call", "computing-on-loop"})
LOST = frozenset({"lost-task", "exception-never-retrieved"})
SWALLOWS = frozenset({"swallowed-cancellation"})
UNUSED = frozenset({"never-awaited", "lost-task", "unchecked-results"})

RUFF = {
    "ASYNC110": frozenset({"polling"}),
    "ASYNC2": BLOCKS,
    "RUF006": LOST,
    "S113": frozenset({"no-timeout"}),
    "F841": UNUSED,
    "E722": SWALLOWS,
    "B012": SWALLOWS,
}
"""The beginning of a code -> what it may mean. RUF029 ("could be sync") means none of the rules."""

FLAKE8 = {
    "ASYNC103": SWALLOWS,
    "ASYNC104": SWALLOWS,
    "ASYNC110": frozenset({"polling"}),
    "ASYNC2": BLOCKS,
    "ASYNC300": LOST,
}
MYPY = {
    "unused-coroutine": frozenset({"never-awaited"}),
    "unused-awaitable": UNUSED,
    "truthy-bool": frozenset({"never-awaited"}),
}
PYRIGHT = {
    "reportUnusedCoroutine": frozenset({"never-awaited"}),
    "reportUnnecessaryComparison": frozenset({"never-awaited"}),
    "reportUnusedVariable": UNUSED,
}
PYLINT = {
    "unused-variable": UNUSED,
    "expression-not-assigned": frozenset({"never-awaited"}),
    "missing-timeout": frozenset({"no-timeout"}),
    "bare-except": SWALLOWS,
    "lost-exception": SWALLOWS,
    "return-in-finally": SWALLOWS,
}


def said_by_peers(programs: Sequence[Program], directory: Path) -> dict[str, list[Said]]:
    """Run all peers, installed in a virtual environment in a directory."""
    python = _environment(directory)
    files = [str(program.path) for program in programs]
    static: dict[str, Callable[[Path, list[str]], Iterator[Said]]] = {
        "ruff": _ruff,
        "flake8-async": _flake8,
        "mypy": _mypy,
        "pyright": _pyright,
        "pylint": _pylint,
    }
    said = {name: list(look(python, files)) for name, look in static.items()}
    for tool in ("blockbuster", "pyleak", "aiocop"):
        said[tool] = [one for program in programs for one in _watched(python, tool, program)]
    return said


def _environment(directory: Path) -> Path:
    """Return the interpreter of the peers' environment, made if it is not there."""
    python = directory / "bin" / "python"
    if not python.exists():
        venv.create(directory, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PEERS.split()], check=True)
    return python


def _output(command: Sequence[str | Path]) -> str:
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": str(STAND_INS), "MYPYPATH": str(STAND_INS)},
        cwd=PROGRAMS,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_S,
    )
    return done.stdout


def _meaning(table: dict[str, frozenset[str]], code: str) -> frozenset[str]:
    return next((rules for start, rules in table.items() if code.startswith(start)), frozenset())


def _ruff(python: Path, files: list[str]) -> Iterator[Said]:
    codes = "ASYNC,RUF,F841,S113,E722,B012"
    options = ["--isolated", "--preview", "--select", codes, "--output-format", "json"]
    for one in json.loads(_output([python, "-m", "ruff", "check", *options, *files])):
        place = one["location"]["row"]
        last = one["end_location"]["row"]
        rules = _meaning(RUFF, one["code"] or "")
        yield Said(Path(one["filename"]).name, place, last, rules, one["code"])


def _flake8(python: Path, files: list[str]) -> Iterator[Said]:
    options = ["--isolated", "--select", "ASYNC"]
    for line in _output([python, "-m", "flake8", *options, *files]).splitlines():
        found = re.match(r"(.+?):(\d+):\d+: (ASYNC\d+)", line)
        if found:
            place = int(found[2])
            rules = _meaning(FLAKE8, found[3])
            first = place - 2 if rules is SWALLOWS else place  # it names where the handler ends
            yield Said(Path(found[1]).name, first, place, rules, found[3])


def _mypy(python: Path, files: list[str]) -> Iterator[Said]:
    options = ["--strict", "--ignore-missing-imports", "--no-error-summary"]
    options += ["--cache-dir", os.devnull, "--config-file", os.devnull]
    for code in MYPY:
        options += ["--enable-error-code", code]
    for line in _output([python, "-m", "mypy", *options, *files]).splitlines():
        found = re.match(r"(.+?):(\d+): error: .*\[([\w-]+)\]$", line)
        if found:
            place = int(found[2])
            yield Said(Path(found[1]).name, place, place, MYPY.get(found[3], frozenset()), found[3])


def _pyright(python: Path, files: list[str]) -> Iterator[Said]:
    project = python.parents[1] / "pyrightconfig.json"
    below = [os.path.relpath(file, project.parent) for file in files]  # it takes no other paths
    settings = {"typeCheckingMode": "strict", "extraPaths": [str(STAND_INS)], "include": below}
    project.write_text(json.dumps(settings))
    text = _output([python.parent / "pyright", "--outputjson", "--project", project])
    for one in json.loads(text)["generalDiagnostics"]:
        place = one["range"]["start"]["line"] + 1
        rule = one.get("rule", "")
        yield Said(Path(one["file"]).name, place, place, PYRIGHT.get(rule, frozenset()), rule)


def _pylint(python: Path, files: list[str]) -> Iterator[Said]:
    options = ["--rcfile", os.devnull, "--output-format", "json"]
    for one in json.loads(_output([python, "-m", "pylint", *options, *files])):
        place = one["line"]
        rules = PYLINT.get(one["symbol"], frozenset())
        yield Said(Path(one["path"]).name, place, place, rules, one["symbol"])


def _watched(python: Path, tool: str, program: Program) -> Iterator[Said]:
    """Run a program under a tool that watches; any line on a reported stack may be the mark."""
    try:
        text = _output([python, HERE / "watched.py", tool, program.path])
        reports = json.loads(text.splitlines()[-1])
    except (IndexError, ValueError, subprocess.TimeoutExpired):
        print(f"{tool} says nothing of {program.path.name}", file=sys.stderr)
        return
    said: dict[tuple[str, int], Said] = {}
    for report in reports:
        rules = BLOCKS if report["kind"] == "block" else LOST
        if report["lines"]:
            line = _best(report["lines"], program, rules)
            one = Said(program.path.name, line, line, rules, tool)
            said.setdefault((report["kind"], line), one)
    yield from said.values()


def _best(lines: list[int], program: Program, rules: frozenset[str]) -> int:
    """Return the line of a stack that is marked, the innermost one if there is none."""

    def is_marked(line: int, mark: Mark) -> bool:
        return mark.rule in rules and bool(mark.lines & set(program.span(line)))

    marks = [*program.marks, *program.accepted]
    marked = [line for line in lines if any(is_marked(line, mark) for mark in marks)]
    return marked[0] if marked else lines[0]
