"""The plugin beside others: nothing of theirs changes, and nothing is paid where it is not used."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.check.plugin_runs import run_pytest

pytestmark = pytest.mark.slow  # every test starts pytest

BOTH = """
    @pytest.mark.loopscope(seeds=3)
    async def test_simulated():
        await asyncio.sleep(3600)
        assert time.monotonic() == 3600

    @pytest.mark.loopscope(seeds=3)
    class TestMethods:
        async def test_method(self, tmp_path):
            await asyncio.sleep(3600)

    @pytest.mark.{own}
    async def test_theirs():
        await asyncio.sleep(0)
        assert time.monotonic() != 0

    @pytest.mark.{own}
    @pytest.mark.loopscope(seeds=3)
    async def test_marked_twice():
        await asyncio.sleep(3600)
        assert time.monotonic() == 3600

    async def test_unmarked():
        await asyncio.sleep(0)
        assert time.monotonic() != 0
"""


@pytest.mark.parametrize("mode", ["strict", "auto"])
def test_beside_pytest_asyncio(tmp_path: Path, mode: str) -> None:
    """Marked tests are simulated, whatever else runs coroutines; the others are in real time."""
    ran = run_pytest(
        tmp_path,
        BOTH.format(own="asyncio"),
        *("-p", "pytest_asyncio.plugin", "-o", "asyncio_default_fixture_loop_scope=function"),
        *("-o", f"asyncio_mode={mode}"),
    )
    unmarked = ran.outcomes.pop("test_unmarked")
    assert unmarked == ("PASSED" if mode == "auto" else "FAILED"), ran.out
    assert set(ran.outcomes.values()) == {"PASSED"}, ran.out
    assert len(ran.outcomes) == 4


def test_an_async_fixture_of_pytest_asyncio_is_refused(tmp_path: Path) -> None:
    """Its loop is a real one, so what it made would not work in the simulation."""
    ran = run_pytest(
        tmp_path,
        """
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def connection():
            return 1

        @pytest.mark.loopscope
        async def test_it(connection):
            pass
        """,
        *("-p", "pytest_asyncio.plugin", "-o", "asyncio_default_fixture_loop_scope=function"),
    )
    assert ran.outcomes == {"test_it": "ERROR"}
    assert "test_it has the asynchronous fixture connection" in ran.out


def test_beside_anyio(tmp_path: Path) -> None:
    """Both plugins have a hook that calls a coroutine; a marked test is simulated all the same."""
    head = """
    @pytest.fixture
    def anyio_backend():
        return "asyncio"
    """
    ran = run_pytest(tmp_path, head + BOTH.format(own="anyio"))
    assert ran.outcomes.pop("test_unmarked") == "FAILED"
    assert set(ran.outcomes.values()) == {"PASSED"}, ran.out
    assert len(ran.outcomes) == 4


def test_beside_xdist(tmp_path: Path) -> None:
    """What is told of a failure comes back from a worker."""
    ran = run_pytest(
        tmp_path,
        """
        @pytest.mark.loopscope(seeds=3, within=1)
        async def test_slow():
            await asyncio.sleep(2)

        @pytest.mark.loopscope(seeds=3)
        async def test_fine():
            await asyncio.sleep(2)
        """,
        *("-p", "xdist.plugin", "-p", "xdist.looponfail", "-n", "2"),
    )
    assert ran.outcomes == {"test_slow": "FAILED", "test_fine": "PASSED"}, ran.out
    assert "Repeat it:  pytest test_it.py::test_slow --loopscope-seed 0" in ran.out


def test_it_can_be_left_out(tmp_path: Path) -> None:
    """With ``-p no:loopscope`` there are no options, markers or fixtures of this plugin."""
    text = """
        @pytest.fixture
        def world():
            return 7

        def test_own(world):
            assert world == 7
        """
    ran = run_pytest(tmp_path, text, "-p", "no:loopscope")
    assert ran.outcomes == {"test_own": "PASSED"}
    ran = run_pytest(tmp_path, text, "-p", "no:loopscope", "--loopscope-seeds", "3")
    assert "unrecognized arguments: --loopscope-seeds" in ran.out


def test_a_session_that_does_not_use_it_imports_nothing_for_it() -> None:
    """Loading the plugin loads no other part of loopscope but its errors, and no library."""
    program = (
        "import sys, pytest, asyncio\n"
        "before = set(sys.modules)\n"
        "import loopscope.pytest_plugin\n"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['loopscope', 'loopscope.errors', 'loopscope.pytest_plugin']"
