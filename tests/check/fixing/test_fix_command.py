"""``loopscope fix`` on whole programs, as a user runs it."""

import json
import os
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
        env={**os.environ, "COLUMNS": "120"},
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


def test_the_example_in_the_docs_is_what_happens(tmp_path: Path) -> None:
    """The program of docs/fix.md gives, line by line, what the page shows."""
    page = (Path(__file__).parents[3] / "docs" / "fix.md").read_text()
    code = page.partition("```py\n")[2].partition("```")[0]
    (tmp_path / "shop.py").write_text(code)
    shown = page.partition("```text\n")[2].partition("```")[0].splitlines()
    wanted = [line.rstrip() for line in shown[1:] if line not in ("...", "")]
    done = _fix(tmp_path, "--latency", "300ms", "shop.py")
    given = [line.rstrip() for line in done.stdout.splitlines()]
    assert [line for line in wanted if line not in given] == []


def test_a_loop_in_a_second_file_with_arguments_output_and_a_file(tmp_path: Path) -> None:
    """Another order of what is printed is no difference, nor is a time; nothing is left."""
    (tmp_path / "helpers.py").write_text(
        "import asyncio\n\n\n"
        "async def price(symbol):\n"
        "    print('asking', symbol)\n"
        "    await asyncio.sleep(0.2)\n"
        "    print('told', symbol)\n"
        "    return len(symbol)\n\n\n"
        "async def prices(symbols):\n"
        "    found = {}\n"
        "    for symbol in symbols:\n"
        "        found[symbol] = await price(symbol)\n"
        "    return found\n"
    )
    (tmp_path / "app.py").write_text(
        "import asyncio, pathlib, sys, time\n"
        "from helpers import prices\n\n"
        "begun = time.time()\n"
        "found = asyncio.run(prices(sys.argv[1:]))\n"
        "pathlib.Path('out.txt').write_text(str(found))\n"
        "print(f'took {time.time() - begun:.1f} s')\n"
    )
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    document = _document(tmp_path, "app.py", "btc", "eth")
    (fix,) = document["fixes"]
    assert (fix["file"], fix["line"], fix["level"], fix["reason"]) == ("helpers.py", 14, 3, None)
    assert (fix["before_s"], fix["after_s"], fix["reorders_output"]) == (0.4, 0.2, True)
    assert fix["not_compared"] == ["line 1 of its output"]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("code", "code_of_exit", "said"),
    [
        ("def f(:\n", 2, "has a syntax error at line 1"),
        ("print(1)\n", 0, "no awaits in turn that could run together"),
        ("import nothing_of_that_name\n", 0, "No module named 'nothing_of_that_name'"),
    ],
)
def test_mistakes_get_one_clear_sentence(
    tmp_path: Path, code: str, code_of_exit: int, said: str
) -> None:
    """What cannot be fixed is told, without a traceback."""
    (tmp_path / "app.py").write_text(code)
    done = _fix(tmp_path, "app.py")
    text = " ".join((done.stdout + done.stderr).split())
    assert (done.returncode, said in text, "Traceback" in text) == (code_of_exit, True, False)


PLAIN = """\
import asyncio


async def load(value):
    await asyncio.sleep(0.1)
    return value


async def main():
    a = await load(1)
    b = await load(2)
    {last}


asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("raise ValueError(a + b)", "The program fails as it is (it raised ValueError: 3)"),
        ("__import__('os')._exit(0)", "ended before the program did"),
        ("open('/tmp/loopscope-elsewhere', 'w')", "outside its own folder, which is refused"),
        ("__import__('subprocess').run(['true'])", "starts a process"),
    ],
)
def test_what_cannot_be_tried_stays_likely_and_says_why(
    tmp_path: Path, last: str, said: str
) -> None:
    """A run that proves nothing is never taken for a proof."""
    (tmp_path / "app.py").write_text(PLAIN.format(last=last))
    document = _document(tmp_path, "--apply", "app.py")
    (fix,) = document["fixes"]
    assert (fix["level"], document["written"]) == (2, [])
    assert said in document["problem"]
    assert "loopscope-fix" not in document["problem"]
    assert not Path("/tmp/loopscope-elsewhere").exists()  # noqa: S108  (nobody made it)


def test_a_file_that_nobody_may_write_stays_as_it_is(tmp_path: Path) -> None:
    """The change is shown, and the reason why it was not written."""
    script = tmp_path / "app.py"
    script.write_text(PLAIN.format(last="print(a + b)"))
    script.chmod(0o444)
    done = _fix(tmp_path, "--apply", "app.py")
    assert (done.returncode, script.read_text()) == (2, PLAIN.format(last="print(a + b)"))
    assert "it is read-only" in " ".join(done.stdout.split())
    assert "level 3, verified" in done.stdout


OWN_TASK = """\
import asyncio


async def produce(queue):
    await asyncio.sleep(0.3)
    queue.put_nowait(1)


async def taken(queue):
    return await queue.get()


async def load(value):
    await asyncio.sleep(0.2)
    return value


async def main():
    queue = asyncio.Queue()
    task = asyncio.create_task(produce(queue))
    a = await taken(queue)
    b = await load(2)
    print(a, b)
    await task


asyncio.run(main())
"""


def test_what_waits_for_another_task_is_not_verified(tmp_path: Path) -> None:
    """A wait that cannot be made slow was not tried, so nothing is proved of it."""
    (tmp_path / "app.py").write_text(OWN_TASK)
    (fix,) = _document(tmp_path, "app.py")["fixes"]
    assert fix["level"] == 2
    assert fix["reason"].startswith("Await 1 waits for something that cannot be made slow")


def test_what_differs_only_when_a_wait_fails_is_a_question(tmp_path: Path) -> None:
    """What was printed before the second wait failed is not printed any more."""
    (tmp_path / "app.py").write_text(
        TWO_HOSTS.replace("  # who it is\n", "\n        print('user', user)\n")
    )
    (fix,) = _document(tmp_path, "--latency", "100ms", "app.py")["fixes"]
    assert (fix["level"], fix["reason"]) == (
        1,
        (
            "With GET /number at orders.example.com reset, line 1 of its output was `user 200`, "
            "and together there was none."
        ),
    )
    assert _fix(tmp_path, "--latency", "100ms", "--apply", "app.py").returncode == 0
    assert "print('user', user)\n        orders" in (tmp_path / "app.py").read_text()


def test_the_finding_names_the_command(tmp_path: Path) -> None:
    """Who reads of awaits in turn is told what changes them."""
    (tmp_path / "app.py").write_text(PLAIN.format(last="print(a + b)"))
    done = subprocess.run(
        [sys.executable, "-m", "loopscope", "simulate", "--cost", "none", "--json", "app.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    (found,) = json.loads(done.stderr)["findings"]
    assert found["remedy"].endswith("'loopscope fix app.py' shows this change, and tries it.")
