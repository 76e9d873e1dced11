"""Runs pytest as a user would, on test files that a test wrote."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent


@dataclass(frozen=True)
class Ran:
    """What a run of pytest came to.

    Attributes:
        outcomes: What became of each test, by its name: ``PASSED`` ...
        out: All that was printed.
    """

    outcomes: dict[str, str]
    out: str


def run_pytest(directory: Path, text: str, *options: str) -> Ran:
    """Run pytest on one file, ``test_it.py``, with every warning an error.

    Args:
        directory: Where the file is written, and where pytest is started.
        text: The tests; indented as is convenient.
        options: More options.
    """
    (directory / "test_it.py").write_text(HEAD + dedent(text))
    plugins = ["-p", "no:asyncio", "-p", "no:xdist", "-W", "error"]
    return repeat(
        directory, f"pytest -rA -o console_output_style=classic {' '.join(plugins)}", *options
    )


def repeat(directory: Path, command: str, *options: str) -> Ran:
    """Run a command that begins with ``pytest``."""
    done = subprocess.run(
        [sys.executable, "-m", *command.split(" "), *options],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "COLUMNS": "200"},
    )
    found = re.findall(
        r"^(PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\S* (\S+)", done.stdout, re.MULTILINE
    )
    return Ran({name.partition("::")[2]: what for what, name in found}, done.stdout + done.stderr)


HEAD = """\
import asyncio, threading, time
import pytest
from loopscope import Host

"""
