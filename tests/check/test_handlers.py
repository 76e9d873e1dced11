"""Which line swallows a cancellation, found in the source."""

from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopscope.check.handlers import swallower

CASES = {
    "a bare except": """
        async def f():
            try:
                await x  # here
            except:  # this
                pass
        """,
    "one of several, in a tuple": """
        async def f():
            try:
                await x  # here
            except ValueError:
                pass
            except (OSError, asyncio.CancelledError):  # this
                pass
        """,
    "the outer one, where the inner one raises it again": """
        async def f():
            try:
                try:
                    await x  # here
                except CancelledError as error:
                    raise error
            except BaseException:  # this
                return None
        """,
    "one that raises only sometimes": """
        async def f():
            try:
                await x  # here
            except BaseException:  # this
                if stopping:
                    raise
        """,
    "one that raises something else": """
        async def f():
            try:
                await x  # here
            except CancelledError as error:  # this
                raise OSError from error
        """,
    "a suppress": """
        async def f():
            with open(path), contextlib.suppress(CancelledError):  # this
                await x  # here
        """,
    "a return in finally": """
        async def f():
            try:
                await x  # here
            except CancelledError:
                raise
            finally:
                if done:
                    return 1  # this
        """,
    "around several lines": """
        async def f(x):
            match x:
                case 1:
                    async with a as b:
                        try:
                            await g(
                                x,  # here
                            )
                        except* BaseException:  # this
                            pass
        """,
}

NONE = {
    "nothing": "async def f():\n    await x  # here\n",
    "of another function": """
        def f():
            try:
                async def g():
                    await x  # here
            except BaseException:
                pass
        """,
    "in the handler itself": """
        async def f():
            try:
                pass
            except BaseException:
                await x  # here
            else:
                pass
        """,
    "of ordinary errors": """
        async def f():
            try:
                await x  # here
            except Exception:
                pass
        """,
    "a return in a function in finally": """
        async def f():
            try:
                await x  # here
            finally:
                def g():
                    return 1
        """,
}


def found(path: Path, source: str) -> tuple[str, str]:
    """Return the line that is found, and the one that is marked as it."""
    lines = dedent(source).splitlines()
    path.write_text("\n".join(lines))
    here, this = (
        next((at for at, line in enumerate(lines, 1) if mark in line), 0)
        for mark in ("# here", "# this")
    )
    return swallower([(str(path), here)]), f"{path}:{this}" if this else ""


@pytest.mark.parametrize("name", CASES)
def test_found(tmp_path: Path, name: str) -> None:
    """The innermost line that catches it and lets the function go on."""
    line, marked = found(tmp_path / "a.py", CASES[name])
    assert line == marked


@pytest.mark.parametrize("name", NONE)
def test_none(tmp_path: Path, name: str) -> None:
    """What does not catch it is not named."""
    assert found(tmp_path / "a.py", NONE[name]) == ("", "")


def test_the_caller_swallows_it(tmp_path: Path) -> None:
    """Where the innermost function does not, the one that waits for it does."""
    path = tmp_path / "a.py"
    inner, outer = "async def f():\n  await x\n", "async def g():\n  try:\n    await f()\n"
    path.write_text(f"{inner}{outer}  except:\n    pass\n")
    assert swallower([(str(path), 2), (str(path), 5)]) == f"{path}:6"


@given(st.text(max_size=60) | st.binary(max_size=60), st.integers(-1, 9))
def test_any_source_is_read_or_left_alone(
    tmp_path_factory: pytest.TempPathFactory, source: str | bytes, line: int
) -> None:
    """What is no Python, or not there at all, names no line."""
    path = tmp_path_factory.mktemp("source") / "a.py"
    path.write_bytes(source.encode(errors="replace") if isinstance(source, str) else source)
    assert swallower([(str(path), line), ("<string>", 1), (f"{path}.gone", 1)]) == ""
