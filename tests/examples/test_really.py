"""Every program of examples/ runs as it stands and says what it should."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from tests.examples.table import SAID, TABLE, Example, without_times
from tests.support import EXAMPLES

Done = subprocess.CompletedProcess[str]

AT_A_TIME = 5
IMPORTED = {"slow_api.py"}  # what other programs are run by


def run(example: Example) -> Done:
    """Run one program as a reader of its first lines would."""
    python = [sys.executable]
    service = [*python, example.beside] if example.beside else []
    return subprocess.run(
        [*service, *python, str(example.program)],
        cwd=EXAMPLES.parent,
        env={**os.environ, "PYTHONWARNINGS": "default"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def is_as_stated(example: Example, ended: Done) -> bool:
    """Whether a run printed what it should, whatever times it measured."""
    return without_times(ended.stdout.splitlines()) == without_times(example.said)


@pytest.fixture(scope="module")
def done() -> Iterator[Callable[[Example], Done]]:
    """Run all programs, a few at a time; give the one asked for when it has ended."""
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        futures: dict[str, Future[Done]] = {one.path: pool.submit(run, one) for one in TABLE}
        yield lambda example: futures[example.path].result()
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("example", TABLE, ids=lambda one: one.path)
def test_says_what_it_should(example: Example, done: Callable[[Example], Done]) -> None:
    """The program prints its messages in the stated order and ends with its exit code."""
    ended = done(example)
    if not is_as_stated(example, ended):
        ended = run(example)  # a busy machine is late by more than there is between two messages
    assert without_times(ended.stdout.splitlines()) == without_times(example.said), ended.stderr
    assert ended.returncode == example.code
    if example.complaint:
        assert re.search(example.complaint, ended.stderr)
    else:
        assert ended.stderr == ""


def test_every_program_is_tried() -> None:
    """No program of examples/ is left out of the table, and nothing in it is left over."""
    programs = {
        path.relative_to(EXAMPLES).as_posix()
        for path in EXAMPLES.rglob("*.py")
        if path.name not in IMPORTED
    }
    assert programs == {one.path for one in TABLE}
    said = {path.relative_to(SAID).with_suffix(".py").as_posix() for path in SAID.rglob("*.txt")}
    assert said == programs


def test_every_program_is_listed() -> None:
    """The README of the examples names each of them."""
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`((?:\w+/)?\w+\.py)`", text))
    assert {one.path for one in TABLE} <= listed
