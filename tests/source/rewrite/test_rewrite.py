"""Rewrites keep what a program means, and everything but the lines they are about."""

import ast
import asyncio
import textwrap
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loopscope.source.independence.candidates import Candidate, Kind, candidates_of
from loopscope.source.project import Project
from loopscope.source.rewrite.edits import apply_edits, apply_to_raw
from loopscope.source.rewrite.outcome import Rewrite, UnsupportedError
from loopscope.source.rewrite.rewrite import rewrite

HEAD = '''\
"""A program of somebody's."""

import asyncio


async def load(value):
    await asyncio.sleep(0)
    return value


async def subject(xs):
'''


def _candidates(code: str) -> list[Candidate]:
    project = Project({"app.py": code})
    return [
        one
        for function in project.modules["app.py"].functions
        if isinstance(function.node, ast.AsyncFunctionDef)
        for one in candidates_of(function, project)
    ]


def _only(code: str, kind: Kind = Kind.STATEMENTS) -> Rewrite:
    (candidate,) = [one for one in _candidates(code) if one.kind is kind]
    return rewrite(candidate)


def _body(code: str) -> str:
    """Return what a rewrite makes of a function's body."""
    whole = HEAD + textwrap.indent(textwrap.dedent(code), "    ")
    kinds = [one.kind for one in _candidates(whole)]
    assert kinds, "there is nothing to rewrite"
    new = apply_edits(whole, rewrite(_candidates(whole)[0]).edits)
    assert new.startswith(HEAD)
    return textwrap.dedent(new.removeprefix(HEAD))


def _refusal(code: str) -> str:
    with pytest.raises(UnsupportedError) as caught:
        _body(code)
    return str(caught.value)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            """\
            a = await load(1)
            b = await load(2)
            return a, b
            """,
            """\
            a, b = await asyncio.gather(load(1), load(2))
            return a, b
            """,
        ),
        (
            """\
            await load(1)
            await load(2)
            """,
            """\
            await asyncio.gather(load(1), load(2))
            """,
        ),
        (
            """\
            await load(1)
            x, y = await load((2, 3))
            return x
            """,
            """\
            _, (x, y) = await asyncio.gather(load(1), load((2, 3)))
            return x
            """,
        ),
        (
            """\
            # the first
            a: int = await load(1)  # one
            wanted = 2
            print(a)
            # the second
            b = (await load([wanted]))[0]
            return a + b
            """,
            """\
            # the first
            wanted = 2
            a: int
            a, b_result = await asyncio.gather(
                load(1),  # one
                # the second
                load([wanted]),
            )
            print(a)
            b = b_result[0]
            return a + b
            """,
        ),
        (
            """\
            a = await load(1)
            return a + await load(2)
            """,
            """\
            a, result = await asyncio.gather(load(1), load(2))
            return a + result
            """,
        ),
        (
            """\
            a = await load(
                1,
            )
            b = await load(2)
            return a, b
            """,
            """\
            a, b = await asyncio.gather(
                load(
                    1,
                ),
                load(2),
            )
            return a, b
            """,
        ),
        (
            """\
            return {"one": await load(1), "two": await load(2)}
            """,
            """\
            one, two = await asyncio.gather(load(1), load(2))
            return {"one": one, "two": two}
            """,
        ),
        (
            """\
            out = []
            for x in xs:
                out.append(await load(x))
            return out
            """,
            """\
            out = []
            out.extend(await asyncio.gather(*(load(x) for x in xs)))
            return out
            """,
        ),
        (
            """\
            out = {}
            for x in xs:
                found = await load(x)
                out[x] = found
            return out
            """,
            """\
            out = {}
            results = await asyncio.gather(*(load(x) for x in xs))
            for x, found in zip(xs, results, strict=True):
                out[x] = found
            return out
            """,
        ),
        (
            """\
            total = 0
            for x in xs:
                total += await load(x)
            return total
            """,
            """\
            total = 0
            results = await asyncio.gather(*(load(x) for x in xs))
            for x, result in zip(xs, results, strict=True):
                total += result
            return total
            """,
        ),
        (
            """\
            return {x: await load([x, "what makes it long"]) for x in xs}  # all
            """,
            """\
            results = await asyncio.gather(*(load([x, "what makes it long"]) for x in xs))
            return {x: result for x, result in zip(xs, results, strict=True)}  # all
            """,
        ),
        (
            """\
            return {await load(x) for x in xs if x}
            """,
            """\
            return set(await asyncio.gather(*(load(x) for x in xs if x)))
            """,
        ),
        (
            """\
            return [await load(x) for x in xs][0]
            """,
            """\
            return (await asyncio.gather(*(load(x) for x in xs)))[0]
            """,
        ),
        (
            """\
            return [(await load(x)) + 1 for x in xs if x]
            """,
            """\
            return [result + 1 for result in await asyncio.gather(*(load(x) for x in xs if x))]
            """,
        ),
    ],
)
def test_what_becomes_of_a_shape(before: str, after: str) -> None:
    """Every shape, as one would write it by hand; comments and the rest stay."""
    assert _body(before) == textwrap.dedent(after)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("a = await load(1)\nb = await load(a)\n", "what becomes of `a` depends on the order"),
        ("a = await load(1)\na = await load(2)\n", "two of them give their result to the same"),
        ("a = await load(1); b = await load(2)\n", "holds more than one statement"),
        ("a = (  # why\n    await load(1)\n)\nb = await load(2)\n", "a comment stands inside"),
        ("for x in xs:\n    await load(x)\nelse:\n    print()\n", "the loop has an `else`"),
        ("for x in xs:\n    y = x + 1\n    print(await load(y))\n", "the call needs `y`"),
        ("for x in iter(xs):\n    y = await load(x)\n    print(y)\n", "name it first"),
        ("for x in xs:\n    if x:\n        await load(x)\n", "under another statement"),
        ("for x in xs:\n    print(await load(x), await load(x))\n", "more than once for each"),
        ("asyncio = xs\na = await load(1)\nb = await load(2)\n", "means something else in this f"),
        ('return f"{await load(1)} {await load(2)}"\n', "awaits inside an f-string"),
        ("await asyncio.gather(load(1), load(await load(2)))\n", "a coroutine function of its own"),
    ],
)
def test_what_is_not_rewritten_is_refused_with_a_reason(code: str, reason: str) -> None:
    """A shape that is not supported gives no guess."""
    assert reason in _refusal(code)


@pytest.mark.parametrize(
    ("head", "new"),
    [
        ("", "import asyncio\n\n"),
        ('"""Words."""\n', '"""Words."""\n\nimport asyncio\n'),
        ("import zlib\n", "import asyncio\nimport zlib\n"),
        ("import abc\nfrom x import y\n", "import abc\nimport asyncio\nfrom x import y\n"),
        (
            "from __future__ import annotations\n",
            "from __future__ import annotations\n\nimport asyncio\n",
        ),
        ("import asyncio as aio\n", "import asyncio as aio\n"),
        ("from asyncio import gather\n", "from asyncio import gather\n"),
    ],
)
def test_asyncio_is_imported_where_it_is_not_yet(head: str, new: str) -> None:
    """The import goes where one would put it; other names of asyncio are used as they are."""
    code = f"{head}async def f(load):\n    a = await load(1)\n    b = await load(2)\n"
    name = "aio.gather" if "aio" in head else "gather" if "gather" in head else "asyncio.gather"
    wanted = f"{new}async def f(load):\n    a, b = await {name}(load(1), load(2))\n"
    assert apply_edits(code, _only(code).edits) == wanted


def test_lines_keep_their_ends() -> None:
    """A file of another system stays one; what is beyond ASCII does not shift anything."""
    raw = "import asyncio\r\nasync def f(g):\r\n    ä = await g('ü')\r\n    b = await g(2) # é\r\n"
    text = raw.replace("\r\n", "\n")
    assert apply_to_raw(raw, _only(text).edits) == (
        "import asyncio\r\nasync def f(g):\r\n    ä, b = await asyncio.gather(\r\n"
        "        g('ü'),\r\n        g(2),  # é\r\n    )\r\n"
    )


_NAMES = st.sampled_from(["a", "b", "c", "ä"])
_VALUES = st.sampled_from(["1", "'ü'", "(2, 3)", "[\n        4,\n    ]"])
_OPERANDS = st.one_of(_NAMES, _VALUES)
_AWAITS = st.one_of(
    st.builds("{} = await load({})".format, _NAMES, _OPERANDS),
    st.builds("{}: object = await load({})".format, _NAMES, _OPERANDS),
    st.builds("{} = [await load({}), {}]".format, _NAMES, _OPERANDS, _NAMES),
    st.builds("{}, {} = await load(({}, 2))".format, _NAMES, st.just("d"), _OPERANDS),
    st.builds("{} += [await load({})]".format, st.just("out"), _OPERANDS),
    st.builds("await load({})".format, _OPERANDS),
)
_BETWEEN = st.one_of(
    st.builds("{} = {}".format, _NAMES, _OPERANDS),
    st.builds("out = [*out, {}]".format, _NAMES),
    st.builds("# {}".format, _NAMES),
    st.just(""),
)
_LINES = st.lists(st.one_of(_AWAITS, _AWAITS, _BETWEEN), min_size=2, max_size=7)


def _result(code: str) -> Any:
    namespace: dict[str, Any] = {}
    exec(compile(code, "app.py", "exec"), namespace)  # noqa: S102  (made here)
    found = asyncio.run(namespace["subject"]([1, 2]))
    return {name: value for name, value in found.items() if "result" not in name and name != "_"}


@given(lines=_LINES, comments=st.lists(st.booleans(), min_size=7, max_size=7))
@settings(max_examples=300, deadline=None)
def test_a_rewrite_means_the_same_and_changes_its_own_lines_only(
    lines: list[str], comments: list[bool]
) -> None:
    """Whatever stands in a block: the names mean the same afterwards, or it is refused."""
    body = ["out = []", "a = b = c = ä = d = 0"]
    body += [
        line + ("  # ö" if has and line and "#" not in line else "")
        for line, has in zip(lines, comments, strict=False)
    ]
    code = HEAD + "".join(f"    {line}\n" if line else "\n" for line in body)
    code += "    return dict(locals())\n\n\nAFTER = 1\n"
    for candidate in _candidates(code):
        try:
            made = rewrite(candidate)
        except UnsupportedError as error:
            assert str(error)
            continue
        new = apply_edits(code, made.edits)
        first, last = candidate.lines
        old_lines = code.splitlines()
        below = len(old_lines) - last
        assert new.splitlines()[: first - 1] == old_lines[: first - 1]
        assert new.splitlines()[-below:] == old_lines[-below:]
        assert new.count("# ö") == code.count("# ö")
        assert _result(new) == _result(code)
        for edits in (made.marks, made.marked):
            ast.parse(apply_edits(code, edits))
