"""The programs that start a service for a command give it the address and return its code."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.examples.table import API, POSTGRES
from tests.support import EXAMPLES

TELL = "import sys; print(*sys.argv[1:], sep='\\n'); sys.exit(3)"


def run_beside(service: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command beside a service."""
    return subprocess.run(
        [sys.executable, service, *command],
        cwd=EXAMPLES.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_server_serves_for_a_command() -> None:
    """The command gets a loopback address after its own arguments; its exit code comes back."""
    done = run_beside(API, sys.executable, "-c", TELL, "own")
    own, address = done.stdout.splitlines()
    assert (own, done.returncode, done.stderr) == ("own", 3, "")
    assert address.startswith("http://127.0.0.1:")


def test_the_database_is_gone_afterwards() -> None:
    """The command gets the address of a socket in a directory that does not outlive it."""
    done = run_beside(POSTGRES, sys.executable, "-c", TELL, "own")
    own, address = done.stdout.splitlines()
    assert (own, done.returncode, done.stderr) == ("own", 3, "")
    prefix, _, room = address.partition("host=")
    assert prefix == "postgresql://postgres@/postgres?"
    assert not Path(room).exists()


@pytest.mark.parametrize("service", [API, POSTGRES])
def test_without_a_command_there_is_nothing_to_do(service: str) -> None:
    """Somebody who gives no command is told to."""
    done = run_beside(service)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Give the command to run: python ")
