"""The one file: it holds everything, and nothing in it comes from a trace as markup."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from tests import trace_examples
from tests.support import loopscope, reported

from loopscope.trace.reader import read_trace
from loopscope.views.html.page import make_page

ASSETS = files("loopscope.views.html").joinpath("assets")
MODULES = {one.name: one.read_text("utf-8") for one in ASSETS.iterdir() if one.name.endswith(".js")}
EXAMPLE = Path(__file__).parents[3] / "examples" / "sequential.py"
UNSAFE = (
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc|\beval\b|new Function"
)


def test_the_same_recording_gives_the_same_page() -> None:
    """No clock, no random number and no order of a set is in the page."""
    one, other = (make_page(*reported(trace_examples.blocked())) for _ in range(2))
    assert one == other


def test_the_page_asks_nobody_for_anything() -> None:
    """Every address in the page's markup is a data: address, and the policy allows no other."""
    page = make_page(*reported(trace_examples.blocked()))
    head = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert re.findall(r'(?:src|href)="(?!data:)', head) == []
    assert "default-src 'none'" in head
    assert "@@" not in head


def test_every_import_of_a_module_is_in_the_page() -> None:
    """Modules import each other in the one form that the page knows, and only what is there."""
    for name, text in MODULES.items():
        imported = re.findall(r'^(?:import|export)\b[^;]*?from "([^"]*)";', text, re.MULTILINE)
        assert [one for one in imported if one.removeprefix("./") not in MODULES] == [], name
        assert len(imported) == len(re.findall(r"^import\b", text, re.MULTILINE)), name


def test_no_script_turns_text_into_markup_or_code() -> None:
    """Text of a trace only ever becomes text: what could make more of it is not used at all."""
    assert {name: re.findall(UNSAFE, text) for name, text in MODULES.items()} == {
        name: [] for name in MODULES
    }


def test_the_report_of_the_first_example_is_small(tmp_path: Path) -> None:
    """Three awaits one after another: 150 KB at most, the scripts included."""
    trace = tmp_path / "sequential.loopscope"
    loopscope("simulate", "-q", "--out", trace, EXAMPLE, cwd=tmp_path)
    assert len(make_page(*reported(read_trace(trace))).encode()) <= 150_000


@pytest.mark.parametrize("verb", ["run", "simulate"])
def test_run_and_simulate_write_the_page_too(tmp_path: Path, verb: str) -> None:
    """``--html`` gives a page beside the trace; what the program prints stays as it is."""
    done = loopscope(verb, "--html", "report.html", EXAMPLE, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("total")
    assert "report.html: open it in a browser" in done.stderr
    assert (tmp_path / "report.html").read_text("utf-8").startswith("<!doctype html>")


def test_a_page_is_written_where_the_program_was_started(tmp_path: Path) -> None:
    """A program that changes its directory does not take the page with it."""
    program = tmp_path / "moves.py"
    program.write_text("import asyncio, os\nos.chdir('/')\nasyncio.run(asyncio.sleep(0))\n")
    loopscope("run", "-q", "--html", "report.html", program, cwd=tmp_path)
    assert (tmp_path / "report.html").exists()


def test_no_other_file_is_overwritten(tmp_path: Path) -> None:
    """A name that is taken by something else is refused before the program runs."""
    program = tmp_path / "app.py"
    program.write_text("print('ran')\n")
    done = loopscope("run", "--html", program, program, cwd=tmp_path)
    assert done.returncode == 2
    assert "is no HTML file, so it is not overwritten" in done.stderr
    assert done.stdout == ""
    assert program.read_text() == "print('ran')\n"


@pytest.mark.parametrize(("name", "says"), [("missing/a.html", "no directory"), (".", "directory")])
def test_a_page_that_cannot_be_written_is_refused(tmp_path: Path, name: str, says: str) -> None:
    """One sentence says why, and what to do."""
    done = loopscope("run", "--html", name, EXAMPLE, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert "--html" in done.stderr
    assert "Traceback" not in done.stderr
