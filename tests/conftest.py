"""Fixtures: both probes, and the proof that every test leaves asyncio as it was."""

import asyncio
import gc
import os
import warnings
from asyncio.base_events import BaseEventLoop
from collections.abc import Iterator
from concurrent.futures.thread import _WorkItem
from pathlib import Path
from types import ModuleType

import pytest

from loopscope.recorder import python_probe
from loopscope.recorder.recorder import active_recorder
from tests.support import Main, loopscope, record_virtually

from loopscope.trace.columns import Trace  # isort: skip
from loopscope.trace.reader import read_trace  # isort: skip

try:
    from loopscope.recorder import _probe
except ImportError:
    _probe = None  # type: ignore[assignment]

HAS_C_PROBE = _probe is not None
PROBES = ["c", "python"]


def _hooks() -> list[object]:
    patched = ("__init__", "run_forever", "call_exception_handler", "set_task_factory")
    return [
        *(getattr(BaseEventLoop, name) for name in patched),
        _WorkItem.run,
        warnings._warn_unawaited_coroutine,  # type: ignore[attr-defined]
        [one for one in gc.callbacks if one.__module__.startswith("loopscope")],
        "add" in vars(getattr(asyncio.tasks, "_scheduled_tasks", asyncio)),
    ]


@pytest.fixture(autouse=True)
def _leaves_no_hooks() -> Iterator[None]:
    """Every test gives asyncio back as it was."""
    before = _hooks()
    yield
    assert active_recorder() is None
    assert _hooks() == before


@pytest.fixture(params=PROBES)
def probe_name(request: pytest.FixtureRequest) -> str:
    """Both probes in turn; the C probe may be missing only where nobody promised it."""
    name: str = request.param
    if name == "c" and not HAS_C_PROBE:
        if os.environ.get("CI"):
            pytest.fail("the C probe is not built")
        pytest.skip("the C probe is not built here")
    return name


@pytest.fixture
def chosen_probe(probe_name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Record with each probe in turn, in this process and in those that it starts."""
    monkeypatch.setenv("LOOPSCOPE_PROBE", probe_name)


@pytest.fixture
def probe(probe_name: str) -> ModuleType:
    """The module of each probe."""
    return _probe if probe_name == "c" else python_probe


class Recording:
    """Records programs and coroutines with one probe."""

    def __init__(self, directory: Path, probe_name: str, module: ModuleType) -> None:
        self.directory = directory
        self.probe_name = probe_name
        self._module = module

    def virtually(self, main: Main) -> Trace:
        """Record a coroutine function in virtual time."""
        return record_virtually(main, self._module, self.directory / "virtual.loopscope")

    def program(self, path: Path, *arguments: str, code: int = 0) -> Trace:
        """Record a program as ``loopscope run`` does, in a process of its own."""
        target = self.directory / f"{path.stem}.loopscope"
        options = ("run", "--quiet", "--out", str(target), str(path), *arguments)
        done = loopscope(*options, cwd=self.directory, probe=self.probe_name)
        assert done.returncode == code, done.stderr
        self.done = done
        return read_trace(target)


@pytest.fixture
def recording(tmp_path: Path, probe_name: str, probe: ModuleType) -> Recording:
    """Record with each probe in turn."""
    return Recording(tmp_path, probe_name, probe)
