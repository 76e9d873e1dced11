"""``loopscope show``: the summary, one task, one moment, the narration, and JSON."""

import json
from pathlib import Path

import pytest
from tests.support import PROGRAMS, line_of, loopscope

CONVOY = PROGRAMS / "lock_convoy.py"


@pytest.fixture(scope="module")
def convoy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of twenty tasks that queue for one lock, simulated so that moments are known."""
    directory = tmp_path_factory.mktemp("show")
    name = "lock_convoy.loopscope"
    how = ("simulate", "-q", "--cost", "none", "--out", name)
    assert loopscope(*how, CONVOY, cwd=directory).returncode == 0
    return directory / name


def show(trace: Path, *arguments: str) -> str:
    """Return what ``loopscope show`` prints; it must succeed in silence."""
    done = loopscope("show", trace.name, *arguments, cwd=trace.parent)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_summary_fits_80_columns(convoy: Path) -> None:
    """Written to a pipe, no line is wider than 80 columns and nothing is coloured."""
    told = show(convoy)
    assert max(map(len, told.splitlines())) <= 80
    assert "\x1b" not in told
    assert "Tasks waited in line" in told


def test_one_task(convoy: Path) -> None:
    """--task tells where a task was created, how it ended and what its life was made of."""
    told = show(convoy, "--task", "worker-3")
    assert "worker-3  work() lock_convoy.py:" in told
    assert "returned" in told
    assert "suspended" in told


def test_a_moment(convoy: Path) -> None:
    """--at tells who waits for the lock."""
    told = show(convoy, "--at", "55ms")
    assert f"lock_convoy.py:{line_of(CONVOY, 'queues')}" in told
    assert f"lock_convoy.py:{line_of(CONVOY, 'holds the lock')}" in told


def test_the_narration_names_causes(convoy: Path) -> None:
    """--events tells creations, suspensions, wakes and ends, and none of asyncio's plumbing."""
    told = show(convoy, "--events")
    for words in ("is created at", "awaits", "resumes", "ends: returned"):
        assert words in told
    assert "_set_result_unless_cancelled" not in told
    assert "scheduled" not in told


def test_the_narration_of_one_task(convoy: Path) -> None:
    """--events with --task leaves the other tasks' steps out."""
    assert len(show(convoy, "--events", "--task", "worker-3")) < len(show(convoy, "--events"))


def test_json_has_what_its_page_promises(convoy: Path) -> None:
    """--json holds the documented fields, and each task's life adds up."""
    told = json.loads(show(convoy, "--json"))
    assert (told["format"], told["version"]) == ("loopscope-summary", 1)
    assert len(told["tasks"]) == 21
    for task in told["tasks"]:
        whole = task["running_s"] + task["ready_s"] + task["suspended_s"]
        assert task["ended_s"] - task["created_s"] == pytest.approx(whole, abs=1e-6)
    page = (Path(__file__).parents[2] / "docs" / "json.md").read_text()
    missing = [name for name in told if f"`{name}" not in page and f"{name}`" not in page]
    assert missing == []
    assert [name for name in told["tasks"][0] if name not in page] == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--task", "nobody"], "No task is named nobody"),
        (["--task", "work"], "20 tasks are meant by work"),
        (["--at", "soon"], "soon is no time since the start"),
        (["--at", "-1"], "-1 is no time since the start"),
    ],
)
def test_mistakes_are_one_sentence(arguments: list[str], sentence: str, convoy: Path) -> None:
    """A task or a time that does not exist is told in one sentence, with exit code 2."""
    done = loopscope("show", convoy.name, *arguments, cwd=convoy.parent)
    assert done.returncode == 2
    assert done.stderr.startswith(f"loopscope: {sentence}")
    assert done.stderr.count("\n") == 1


def test_what_is_readable_of_a_cut_trace_is_shown(convoy: Path, tmp_path: Path) -> None:
    """A truncated trace is shown up to where it is cut, with a sentence on what is missing."""
    cut = tmp_path / "cut.loopscope"
    cut.write_bytes(convoy.read_bytes()[:-70_000])
    done = loopscope("show", cut.name, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("loopscope: cut.loopscope is damaged: The file is cut off")
    assert done.stderr.count("\n") == 1
    assert "lock_convoy.py" in done.stdout


def test_hostile_names_do_no_harm(tmp_path: Path) -> None:
    """Escape sequences and markup in a task's name reach the terminal as harmless text."""
    script = tmp_path / "evil.py"
    script.write_text(
        "import asyncio\n"
        "async def main():\n"
        "    name = 'a\\x1b[2Jb[bold]c\\n\\u202e'\n"
        "    await asyncio.create_task(asyncio.sleep(0.01), name=name)\n"
        "asyncio.run(main())\n"
    )
    loopscope("run", "-q", "evil.py", cwd=tmp_path)
    told = show(tmp_path / "evil.loopscope")
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "[bold]" in told


def test_ascii_where_nothing_else_can_be_shown(
    convoy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An output that takes only ASCII gets only ASCII."""
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    assert show(convoy).isascii()
    assert show(convoy, "--events").isascii()
