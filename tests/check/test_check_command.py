"""The command: what it prints, its exit codes, and what is a mistake of the user's."""

import json
import os
import pty
import shlex
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

_UNLUCKY = """
import asyncio, urllib.request

async def main():
    with urllib.request.urlopen("http://api.test/") as reply:
        return reply.status

asyncio.run(main())
"""
_WORLD = '[[host]]\nname = "api.test"\nlatency = { uniform = ["50ms", "150ms"] }\n'


def _check(directory: Path, *options: str, seeds: str = "12") -> "subprocess.CompletedProcess[str]":
    given = ["--seeds", seeds, "--jobs", "1", *options, "app.py"]
    return subprocess.run(
        [sys.executable, "-m", "loopscope", "check", *given],
        cwd=directory,
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"},
    )


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A directory with a program and its world."""
    (tmp_path / "app.py").write_text(_UNLUCKY)
    (tmp_path / "w.toml").write_text(_WORLD)
    return tmp_path


def test_a_program_that_holds_ends_with_0(app: Path) -> None:
    """It says so, and how long the runs took; no file is left."""
    done = _check(app, "--world", "w.toml", "--within", "150ms")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(
        "app.py held in all of 12 runs.\n"
        "Promised: done within 0.15 s, raises nothing, never deadlocks.\n"
    )
    assert "virtual time, of the 9 runs as described" in done.stdout
    assert sorted(path.name for path in app.iterdir()) == ["app.py", "w.toml"]


def test_a_failure_is_told_with_its_smallest_world_and_repeats(app: Path) -> None:
    """The printed command fails in the same way, and the printed recording can be shown."""
    done = _check(app, "--world", "w.toml", "--within", "120ms", "--no-stall", "1s")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0].startswith("app.py did not hold in ")
    assert any("It took 0.14 s, more than 0.12 s." in line for line in lines)
    assert "      api.test, 1st request: 140 ms instead of 100 ms" in lines
    assert "   How it ends:" in lines
    command = next(line for line in lines if "Repeat: " in line).partition("Repeat: ")[2]
    assert command.startswith("loopscope check --case '{")
    assert command.endswith(" --world w.toml --within 120ms --no-stall 1s app.py")
    again = subprocess.run(  # noqa: S602  (what a user would do with it)
        f"{sys.executable} -m {command} ",
        cwd=app,
        capture_output=True,
        check=False,
        text=True,
        shell=True,
    )
    assert (again.returncode, again.stderr) == (1, "")
    assert again.stdout.startswith("app.py did not hold in this run.\n")
    show = next(line for line in lines if "Look: " in line).split()[1:]
    shown = subprocess.run(
        [sys.executable, "-m", *show], cwd=app, capture_output=True, check=False, text=True
    )
    assert shown.returncode == 0
    assert "main" in shown.stdout


def test_options_stand_on_either_side_of_the_script(app: Path) -> None:
    """After -- comes what is the program's own, in the command that repeats a run too."""
    (app / "args.py").write_text(
        "import sys\nassert sys.argv[1:] == ['--within', 'x'], sys.argv\nraise ValueError\n"
    )
    command = [sys.executable, "-m", "loopscope", "check", "args.py", "--seeds", "3", "--jobs", "1"]
    done = subprocess.run(
        [*command, "--", "--within", "x"], cwd=app, capture_output=True, check=False, text=True
    )
    assert (done.returncode, "raised ValueError" in done.stdout) == (1, True)
    assert " args.py -- --within x\n" in done.stdout
    wrong = subprocess.run(
        [*command, "--port", "1"], cwd=app, capture_output=True, check=False, text=True
    )
    assert wrong.returncode == 2
    assert "What is the program's own comes after --." in wrong.stderr


def test_the_report_as_json(app: Path) -> None:
    """Everything that the text says, as data."""
    done = _check(app, "--world", "w.toml", "--fail", "api.test:503:50%", "--json", seeds="40")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["format"] == "loopscope-check"
    assert (report["seeds"], report["runs"], report["holds"]) == (40, 40, False)
    assert 8 < report["failed"] < 32
    [failure] = report["failures"]
    assert failure["kind"] == "raised"
    assert failure["where"] == ["app.py:5"]
    assert failure["runs"] == report["failed"]
    assert failure["smallest_world"] == ["api.test, 1st request: answered with status 503"]
    assert (app / failure["trace"]).exists()
    assert sum(one["runs"] for one in report["duration"]["histogram"]) == 30


def test_seeds_can_begin_elsewhere(app: Path) -> None:
    """The same seeds bring the same, however they are cut into sweeps."""
    options = ["--world", "w.toml", "--within", "100ms", "--json"]
    whole = json.loads(_check(app, *options, seeds="20").stdout)
    parts = [
        json.loads(_check(app, *options, "--first-seed", first, seeds="10").stdout)
        for first in ("0", "10")
    ]
    assert whole["failed"] == sum(part["failed"] for part in parts)


def test_a_run_that_ends_its_process_is_one_failure(app: Path) -> None:
    """The sweep goes on, and finds out which seed it was."""
    (app / "app.py").write_text(
        "import asyncio, os, random\nrandom.seed(None)\n"
        "if random.random() < 0.3: os._exit(3)\nasyncio.run(asyncio.sleep(1))\n"
    )
    done = _check(app, "--json", seeds="30")
    report = json.loads(done.stdout)
    assert report["runs"] == 30
    [failure] = report["failures"]
    assert (failure["kind"], failure["message"]) == (
        "crashed",
        "It ended the whole process (EXIT(3)).",
    )
    assert 0 < failure["runs"] == report["failed"] < 20


_SWALLOWS = """
import asyncio

async def main():
    await asyncio.sleep(1)
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        pass

asyncio.run(main())
"""


def test_a_cancellation_anywhere_is_tried_at_every_suspension(app: Path) -> None:
    """The one that is swallowed is told, with its line, and the command that repeats it."""
    (app / "app.py").write_text(_SWALLOWS)
    assert _check(app, seeds="2").returncode == 0
    done = _check(app, "--cancel-anywhere", "--json", seeds="2")
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert (report["runs"], report["failed"]) == (2, 2)
    [failure] = report["failures"]
    assert (failure["kind"], failure["where"]) == ("cancel-swallowed", ["app.py:7", "app.py:8"])
    assert '"cancel":2' in failure["repeat"]
    words = shlex.split(failure["repeat"])[2:]
    again = subprocess.run(
        [sys.executable, "-m", "loopscope", "check", *words],
        cwd=app,
        capture_output=True,
        check=False,
        text=True,
    )
    assert again.returncode == 1
    assert "swallowed the cancellation" in " ".join(again.stdout.split())


def test_the_progress_is_shown_on_a_terminal_only(app: Path) -> None:
    """And taken away when it is over."""
    command = [sys.executable, "-m", "loopscope", "check", "--seeds", "5", "app.py"]
    (app / "app.py").write_text("")
    master, slave = pty.openpty()
    with subprocess.Popen(command, cwd=app, stdout=subprocess.PIPE, stderr=slave) as process:
        os.close(slave)
        assert process.stdout is not None
        shown = b""
        with suppress(OSError):  # that is how a terminal tells that nobody writes any longer
            while part := os.read(master, 4096):
                shown += part
        output = process.stdout.read()
    os.close(master)
    assert output.startswith(b"app.py held in all of 5 runs.\n")
    assert b"seeds" in shown
    assert b"5/5" in shown


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--world", "no.toml"], "no.toml: the file cannot be read"),
        (["--fail", "x.test:refuse:1"], "means no host of this world"),
        (["--fail", "x.test"], "'x.test' is no failure: write HOST:KIND:RATE"),
        (["--latency", "1s", "--fail", "x.test:explode:1"], "there is no failure 'explode' here"),
        (["--latency", "1s", "--expect", "app:nothing"], "--expect app:nothing finds no function"),
        (["--case", "what"], "'what' is no case: give a seed"),
        (["--cost", "2x"], "what is measured does not repeat"),
        (["--on", "mars"], "--on mars is no place"),
        (["--journal", "no/where"], "The journal no/where cannot be written"),
        (["--journal", "w.toml"], "w.toml exists and is no journal"),
        ([], "The sweep was stopped at seed 0, since the world does not fit the program"),
    ],
)
def test_mistakes_of_the_user_end_with_2_and_one_sentence(
    app: Path, options: list[str], told: str
) -> None:
    """No traceback, and nothing is overwritten."""
    done = _check(app, *options)
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert (app / "w.toml").read_text() == _WORLD


def test_a_changed_program_is_not_gone_on_with(app: Path) -> None:
    """Its results and those of the program before it would be mixed."""
    assert _check(app, seeds="3").returncode == 2  # leaves its journal, since it is not complete
    (app / "beside.py").write_text("changed = True\n")
    done = _check(app, "--resume", seeds="3")
    assert done.returncode == 2
    assert "is the journal of another sweep" in done.stderr
