"""``loopscope world``: what it says of a file, and its exit codes."""

import re
from pathlib import Path

import pytest
from tests.support import EXAMPLES, loopscope

from loopscope.simulator.hosts import read_answer, read_host

DOCS = Path(__file__).parents[2] / "docs" / "world-file.md"
BLOCKS = re.findall(r"```toml\n(.*?)```", DOCS.read_text(), re.DOTALL)


def test_what_a_world_describes(tmp_path: Path) -> None:
    """Every host is listed with what it does."""
    (tmp_path / "W.toml").write_text(
        """
        host = [
            { name = "api.example.com", port = 443, answer = [{ path = "/a" }, { path = "/b" }] },
            { name = "*" },
            { name = "cache", kind = "redis" },
            { name = "app.test", forward = "localhost:8080" },
        ]
        """
    )
    done = loopscope("world", "check", "W.toml", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "W.toml describes 4 hosts.",
        "  api.example.com:443  http, 2 answers",
        "  *  http, a stub",
        "  cache  redis",
        "  app.test  forwards to 127.0.0.1:8080",
    ]


def test_everything_wrong_is_told(tmp_path: Path) -> None:
    """Each wrong host has its sentence, and the exit code is 1."""
    (tmp_path / "W.toml").write_text('host = [{ name = "a", port = 0 }, { nam = "b" }]')
    done = loopscope("world", "check", "W.toml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "loopscope: W.toml:1: host a: port: 0 is no whole number from 1 to 65535.",
        (
            "loopscope: W.toml:1: host 2: there is no key 'nam'; there are: name, port, kind, "
            "latency, connect, dns, tls, capacity, failures, answer, handler, data, forward."
        ),
    ]


def test_a_file_that_is_no_world(tmp_path: Path) -> None:
    """What is no TOML is wrong, with exit code 1; what is not there is bad usage, with 2."""
    (tmp_path / "W.toml").write_text("host = ")
    done = loopscope("world", "check", "W.toml", cwd=tmp_path)
    assert done.returncode == 1
    assert "this is no TOML" in done.stderr
    assert loopscope("world", "check", "none.toml", cwd=tmp_path).returncode == 2


def test_handlers_are_imported_only_when_asked_for(tmp_path: Path) -> None:
    """Checking runs no code of the user's unless it is told to."""
    (tmp_path / "mine.py").write_text("print('imported')\n")
    (tmp_path / "W.toml").write_text('host = [{ name = "a", answer = { handler = "mine:f" } }]')
    done = loopscope("world", "check", "W.toml", cwd=tmp_path)
    assert (done.returncode, "imported" in done.stdout) == (0, False)
    done = loopscope("world", "check", "--handlers", "W.toml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "imported\n")
    assert "the module mine has no function f" in done.stderr


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_the_worlds_of_the_documentation_are_right(block: str, tmp_path: Path) -> None:
    """Every world that the documentation shows can be used as it stands."""
    (tmp_path / "W.toml").write_text(block)
    done = loopscope("world", "check", "W.toml", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_worlds_of_the_examples_are_right(tmp_path: Path) -> None:
    """Every world file among the examples can be used."""
    worlds = sorted((EXAMPLES / "worlds").glob("*.toml"))
    assert worlds
    for path in worlds:
        done = loopscope("world", "check", path, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")


def test_the_documentation_names_every_key() -> None:
    """Each key of a host and of an answer has its line in the documentation."""
    text = DOCS.read_text()
    for key in (*read_host.KEYS, *read_answer.KEYS):
        assert f"| `{key}` |" in text, key
