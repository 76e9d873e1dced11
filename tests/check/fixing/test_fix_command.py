"""``loopscope fix`` on whole programs, as a user runs it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

TWO_HOSTS = """\
import asyncio

import httpx


async def ask(client: httpx.AsyncClient, host: str) -> int:
    answer = await client.get(f"https://{host}.example.com/number")
    return answer.status_code


async def page() -> list[int]:
    async with httpx.AsyncClient() as client:
        user = await ask(client, "users")  # who it is
        orders = await ask(client, "orders")
    return [user, orders]


print(asyncio.run(page()))
"""


def _fix(directory: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "loopscope", "fix", *arguments],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def _document(directory: Path, *arguments: str) -> dict[str, Any]:
    done = _fix(directory, "--json", *arguments)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_two_awaits_on_two_hosts_are_verified_and_written(tmp_path: Path) -> None:
    """The whole way: found, rewritten, tried, shown, and written only when asked to."""
    script = tmp_path / "shop.py"
    script.write_text(TWO_HOSTS)
    shown = _fix(tmp_path, "--latency", "300ms", "shop.py")
    assert (shown.returncode, script.read_text()) == (1, TWO_HOSTS)
    assert "shop.py:13-14  level 3, verified" in shown.stdout
    document = _document(tmp_path, "--latency", "300ms", "--apply", "shop.py")
    (fix,) = document["fixes"]
    assert (fix["before_s"], fix["predicted_s"], fix["after_s"]) == (0.6, 0.3, 0.3)
    assert document["written"] == ["shop.py"]
    assert script.read_text() == TWO_HOSTS.replace(
        """        user = await ask(client, "users")  # who it is
        orders = await ask(client, "orders")
""",
        """        user, orders = await asyncio.gather(
            ask(client, "users"),  # who it is
            ask(client, "orders"),
        )
""",
    )
    assert _fix(tmp_path, "--latency", "300ms", "shop.py").returncode == 0


def test_a_host_that_nobody_described_leaves_it_likely_and_says_what_to_add(tmp_path: Path) -> None:
    """What cannot be simulated is shown with its diff, and never written."""
    script = tmp_path / "shop.py"
    script.write_text(TWO_HOSTS)
    done = _fix(tmp_path, "--apply", "shop.py")
    assert (done.returncode, script.read_text()) == (1, TWO_HOSTS)
    assert "level 2, likely" in done.stdout
    assert 'name = "users.example.com"' in done.stdout
    assert "+        user, orders = await asyncio.gather(" in done.stdout
