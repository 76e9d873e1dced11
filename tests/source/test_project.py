"""Reading a project: what names, calls and objects mean across files."""

import ast
import gc
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopscope.analysis.rules.catalogue import RULES
from loopscope.source.comments import comments_of
from loopscope.source.project import Project, location_of

APP = """\
import asyncio
import requests, time as t
from helper import *
from helper import slow as drag, Client as C
sleep = t.sleep

class Shop:
    def __init__(self, client: "C | None" = None):
        self.session = requests.Session()
        self.client = client

    async def go(self):
        self.session.get("x")
        self.client.fetch()
        drag()
        sleep(1)
        with requests.Session() as session:
            session.post("y")
        reader, writer = await asyncio.open_connection()
        await reader.read()
        extra()
        (lambda: t.sleep(1))()
        make().get("z")

class Corner(Shop):
    async def go(self):
        await super().go()
        self.session.put("x")

def make():
    return requests.Session()
"""
HELPER = """\
import time
def slow(): time.sleep(1)
def extra(): pass
class Client:
    def fetch(self): slow()
"""


def calls(files: Mapping[str, str]) -> list[tuple[str, int, str]]:
    """List every call that means something: the function it stands in, its line, its target."""
    project = Project(files)
    return [
        (function.key, call.lineno, project.target(call, function))
        for module in project.modules.values()
        for function in module.functions
        for call in function.each(ast.Call)
        if project.target(call, function)
    ]


def test_calls_are_followed_through_imports_aliases_types_and_bases() -> None:
    """A call has the name of what it really calls, wherever that name comes from."""
    assert calls({"a/app.py": APP, "a/helper.py": HELPER}) == [
        ("a/app.py:Shop.__init__", 9, "requests.Session"),
        ("a/app.py:Shop.go", 13, "requests.Session.get"),
        ("a/app.py:Shop.go", 14, "a/helper.py:Client.fetch"),
        ("a/app.py:Shop.go", 15, "a/helper.py:slow"),
        ("a/app.py:Shop.go", 16, "time.sleep"),
        ("a/app.py:Shop.go", 17, "requests.Session"),
        ("a/app.py:Shop.go", 18, "requests.Session.post"),
        ("a/app.py:Shop.go", 19, "asyncio.open_connection"),
        ("a/app.py:Shop.go", 20, "asyncio.StreamReader.read"),
        ("a/app.py:Shop.go", 21, "a/helper.py:extra"),
        ("a/app.py:Shop.go", 23, "requests.Session.get"),
        ("a/app.py:Shop.go", 23, "a/app.py:make"),
        ("a/app.py:Shop.go.<locals>.<lambda>", 22, "time.sleep"),
        ("a/app.py:Corner.go", 27, "a/app.py:Shop.go"),
        ("a/app.py:Corner.go", 28, "requests.Session.put"),
        ("a/app.py:make", 31, "requests.Session"),
        ("a/helper.py:slow", 2, "time.sleep"),
        ("a/helper.py:Client.fetch", 5, "a/helper.py:slow"),
    ]


def test_items_have_the_class_that_their_list_is_annotated_with() -> None:
    """Loops, subscripts and parts of an annotated list know what they hold."""
    text = """\
import requests
class Shop:
    def __init__(self, sessions: "list[requests.Session] | None"):
        self.sessions = sessions
    def go(self, more: tuple[requests.Session, ...]):
        for session in self.sessions: session.get()
        self.sessions[0].get()
        more[1:][0].get()
        self.sessions.get()
"""
    assert [one for one in calls({"a.py": text}) if one[0] == "a.py:Shop.go"] == [
        ("a.py:Shop.go", 6, "requests.Session.get"),
        ("a.py:Shop.go", 7, "requests.Session.get"),
        ("a.py:Shop.go", 8, "requests.Session.get"),
        ("a.py:Shop.go", 9, "list.get"),
    ]


@pytest.mark.parametrize(
    "shadow",
    [
        "def go(time): time.sleep(1)",
        "def go():\n    time = make()\n    time.sleep(1)",
        "def go():\n    for time in x: time.sleep(1)",
        "def go():\n    [time.sleep(1) for time in x]",
        "def go():\n    with x as time: time.sleep(1)",
        "def go():\n    try: pass\n    except E as time: time.sleep(1)",
        "def go():\n    match x:\n        case [time]: time.sleep(1)",
        "def go(s):\n    if s: time = other()\n    else: import time\n    time.sleep(1)",
    ],
)
def test_a_name_that_is_something_else_here_is_not_the_module(shadow: str) -> None:
    """A local name hides an imported one."""
    found = [target for _, _, target in calls({"app.py": f"import time\n{shadow}\n"})]
    assert "time.sleep" not in found


def test_a_file_of_the_project_hides_a_library_of_the_same_name_for_its_neighbours() -> None:
    """Scripts import what lies beside them or above them, not below."""
    files = {
        "x/requests.py": "def get(): pass\n",
        "x/a.py": "import requests\nrequests.get()\n",
        "y/b.py": "import requests\nrequests.get()\n",
    }
    assert calls(files) == [
        ("x/a.py:", 2, "x/requests.py:get"),
        ("y/b.py:", 2, "requests.get"),
    ]


def test_packages_and_relative_imports() -> None:
    """Names go through packages, relative imports and re-exports to where they are defined."""
    files = {
        "src/p/__init__.py": "from .core import run\nfrom . import core\n",
        "src/p/core.py": "def run(): pass\n",
        "src/p/q/__init__.py": "",
        "src/p/q/deep.py": "from ..core import run\nfrom p import run as r\nimport p.core\n"
        "run()\nr()\np.core.run()\np.run()\n",
    }
    assert [target for _, _, target in calls(files)] == ["src/p/core.py:run"] * 4


def test_modules_that_import_from_each_other_in_a_circle() -> None:
    """A name that goes round in circles means nothing, and ends the search."""
    files = {
        "a.py": "from b import *\nfrom b import f\nf()\n",
        "b.py": "from c import *\nfrom c import f\nf()\n",
        "c.py": "from a import *\nfrom a import f, g\nf()\ng()\n",
        "p/__init__.py": "from .q import *\n",
        "p/q.py": "from . import x\nfrom p import *\nx()\n",
        "use.py": "import p\np.x()\n",
    }
    assert calls(files) == []


def test_what_cannot_be_read_is_a_note() -> None:
    """A file that is no Python is named with a reason, and the others are read all the same."""
    project = Project(
        {"bad.py": "def :\n", "zero.py": "\0", "deep.py": "(" * 100_000, "good.py": "x = 1\n"}
    )
    assert list(project.modules) == ["good.py"]
    python = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    assert project.unreadable["bad.py"] == f"line 1: invalid syntax, says {python}"
    assert sorted(project.unreadable) == ["bad.py", "deep.py", "zero.py"]


def test_comments_and_functions_are_found_by_line() -> None:
    """Comments have their lines, and a line belongs to the innermost function around it."""
    text = "# top\ndef f():\n    x = '#no'  # yes\n    def g():\n        pass\n    return g\n"
    project = Project({"a.py": text})
    assert project.comments("a.py") == {1: "# top", 3: "# yes"}
    found = [project.function_at("a.py", line) for line in (1, 3, 5, 6)]
    assert [one.qualname for one in found if one] == ["", "f", "f.<locals>.g", "f"]
    assert found[1] is not None
    place = location_of(found[1].node, found[1])
    assert (place.file, place.function, place.line, place.end_line) == ("a.py", "f", 2, 6)


@pytest.mark.parametrize("text", ["# a\n\0\n# b\n", "a:\n   b\n\0\n   b\n\n# x\n"])
def test_comments_of_what_is_no_source(text: str) -> None:
    """What the tokenizer cannot read has the comments that come before that, or a few more."""
    assert set(comments_of(text)) <= {1, 3, 6}


PIECES = st.sampled_from(
    [
        "await asyncio.",
        "open_connection(",
        "gather(*",
        "wait_for(x",
        "create_task(",
        "return_exceptions=True)",
        "except BaseException:",
        "try:",
        "while not x:",
        "async with asyncio.Lock():",
        "import asyncio\n",
        "async def f(x):",
        "def f(a: A = b):",
        "class A(B, *c):",
        " ",
        "\n",
        "    ",
        "x",
        "self.x = self.y",
        "= y",
        "await g()",
        "async ",
        "from . import *",
        "import x as y",
        "from x import (a, b)",
        "(",
        ")",
        "[",
        "]",
        "lambda a: a.b()",
        "for x in x:",
        "with f() as (a, b):",
        "a.b.c()",
        "@property",
        "global x",
        "x: 'X ",
        " None' = 1",
        ":=",
        "return super().f()",
        "# loopscope: ignore[x]",
        "'''",
        "yield",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=80))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    """Whatever a file holds, it is read or it is a note; and every call can be asked about."""
    files = {"a.py": text, "b/__init__.py": text, "b/x.py": text}
    project = Project(files)
    assert set(project.modules) | set(project.unreadable) == set(files)
    for module in project.modules.values():
        project.comments(module.file)
        for function in module.functions:
            for call in function.each(ast.Call):
                project.callee(call, function)
    for rule in RULES:
        list(rule.in_source(project))


ROOT = Path(__file__).parents[2]
PROGRAMS = sorted([*ROOT.glob("examples/**/*.py"), *ROOT.glob("bench/findings/programs/*.py")])


@pytest.mark.slow
@given(st.data())
def test_no_part_of_a_program_makes_a_rule_fail(data: st.DataObject) -> None:
    """Real programs with some of their lines taken out, doubled or exchanged."""
    lines = (
        data.draw(st.sampled_from(PROGRAMS)).read_text(encoding="utf-8").splitlines(keepends=True)
    )
    begin = data.draw(st.integers(0, len(lines)))
    end = data.draw(st.integers(begin, min(begin + 12, len(lines))))
    times = data.draw(st.integers(0, 2))
    words = data.draw(st.sampled_from(["", "await ", "async ", "return ", "x = "]))
    part = [
        f"{one[: len(one) - len(one.lstrip())]}{words}{one.lstrip()}" for one in lines[begin:end]
    ]
    project = Project({"a.py": "".join(lines[:begin] + part * times + lines[end:])})
    for rule in RULES:
        list(rule.in_source(project))


@pytest.mark.parametrize(
    "text",
    [
        "x" + ".a" * 3000 + "()\n",
        "x" + "()" * 3000 + "\n",
        "1" + "+1" * 20_000 + "\n",
        "\n".join(f"a{n} = a{n + 1}" for n in range(2000)) + "\na0()\n",
        "\n".join(f"class C{n}(C{n + 1}): pass" for n in range(500)) + "\nC0().f()\n",
        "try: pass\nexcept E: await asyncio.wait_for(" + "x" + ".a()" * 90 + ")\n",
        "x = g(await asyncio.open_connection(x))\nx = f(x)\n",
        "x: '" + "(" * 500 + "'\nx.a()\n",
        "if x:\n" + "".join(" " * n + "if x:\n" for n in range(1, 90)) + " " * 91 + "f()\n",
    ],
)
def test_depth_is_no_problem(text: str) -> None:
    """Long chains and deep nesting are read to some depth, and never fail."""
    calls({"a.py": text})
    project = Project({"a.py": f"import asyncio\n{text}", "b.py": _in_coroutine(text)})
    for rule in RULES:
        list(rule.in_source(project))


def _in_coroutine(text: str) -> str:
    lines = "".join(f"    {line}\n" for line in text.splitlines())
    return f"async def main():\n    await f()\n{lines}"


class _Parser:
    """Rubbish in a circle that parses something when the collector finds it."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        ast.parse("f(" * 60 + ")" * 60)


def test_what_a_finalizer_parses_meanwhile_is_no_problem() -> None:
    """Python 3.11 mixes up how deep two texts are, if one is parsed within the other."""
    text = "\n".join(f"a{number} = a{number + 1}" for number in range(3000))
    thresholds = gc.get_threshold()
    gc.set_threshold(50, 2, 2)
    try:
        for _ in range(20):
            rubbish = [_Parser() for _ in range(20)]
            del rubbish
            assert len(Project({"a.py": text}).modules) == 1
    finally:
        gc.set_threshold(*thresholds)
    assert gc.isenabled()
