"""Fixtures: a browser, and ``loopscope learn --web`` as a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.web.conftest import browser

__all__ = ["browser"]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The address that ``loopscope learn --web`` prints; it ends when interrupted."""
    command = [sys.executable, "-m", "loopscope", "learn", "--web"]
    server = subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    yield server.stdout.readline().removeprefix("Open ").strip()
    server.send_signal(signal.SIGINT)
    told, _ = server.communicate(timeout=30)
    assert "Kept." in told
    assert server.returncode == 0
