"""The fixtures ``virtual_loop``, ``world`` and ``trace``, and what is refused."""

from pathlib import Path

import pytest
from tests.check.plugin_runs import run_pytest

pytestmark = pytest.mark.slow  # every test starts pytest


def test_fixtures_alone_put_a_test_into_one_simulation(tmp_path: Path) -> None:
    """Without a marker: one run, one loop for all coroutines, hosts added on the way."""
    ran = run_pytest(
        tmp_path,
        """
        def test_loop(virtual_loop):
            async def main(pause):
                await asyncio.sleep(pause)
                return asyncio.get_running_loop()

            first, second = virtual_loop.run(main(1)), virtual_loop.run(main(2))
            assert first is second is virtual_loop.get_loop()
            assert time.monotonic() == 3

        def test_world(world):
            import urllib.request

            world.add(Host("a", latency="2s", answer={"b": 1}))
            assert urllib.request.urlopen("http://a/").read() == b'{"b": 1}'
            assert (world.now_s, world.now_ns, world.seed) == (2.0, 2_000_000_000, 0)

        def test_trace(virtual_loop, trace):
            async def main():
                await asyncio.sleep(1)
                time.sleep(0.3)

            virtual_loop.run(main())
            assert [one.task.name for one in trace.tasks] == ["Task-1"]
            assert [one.call for one in trace.stalls] == ["time.sleep(0.3)"]
            assert trace.summary.overlap.peak_count == 1

        @pytest.mark.loopscope(seeds=3, no_stall=1, latency="1s")
        async def test_all(virtual_loop, world, trace):
            world.add(Host("a", latency="2s"))
            reader, writer = await asyncio.open_connection("a", 80)
            writer.write(b"GET / HTTP/1.0\\r\\n\\r\\n")
            await reader.read()
            writer.close()
            time.sleep(0.5)
            assert world.now_s == 2.5
            assert len(trace.tasks) == 1
            assert len(trace.summary.slowest) > 0

        def test_fails(virtual_loop):
            async def main():
                await asyncio.sleep(1)
                assert not "here"

            virtual_loop.run(main())

        def test_real_time_again():
            assert time.time() < 1_767_225_600 or time.time() > 1_767_225_610
            assert "Virtual" not in type(asyncio.new_event_loop()).__name__
        """.replace("asyncio.new_event_loop()", "asyncio.SelectorEventLoop"),
    )
    failed = {name for name, what in ran.outcomes.items() if what != "PASSED"}
    assert failed == {"test_fails"}, ran.out
    assert len(ran.outcomes) == 6
    assert "Repeat it:  pytest test_it.py::test_fails --loopscope-seed 0" in ran.out
    assert 'ends: raised AssertionError: assert not "here"' in ran.out.replace("'", '"')


def test_fixtures_of_the_same_name_are_left_alone(tmp_path: Path) -> None:
    """A project that has a fixture ``world`` of its own gets its own, in real time."""
    ran = run_pytest(
        tmp_path,
        """
        @pytest.fixture
        def world():
            return 7

        def test_own(world):
            assert world == 7
            assert time.monotonic() > 0

        @pytest.mark.loopscope(seeds=1)
        async def test_marked(world):
            assert world == 7
            assert time.monotonic() == 0
        """,
    )
    assert set(ran.outcomes.values()) == {"PASSED"}, ran.out


REFUSED = {
    "test_misspelt": ("withn=1", "The marker loopscope has no argument withn."),
    "test_unnamed": ("1", "takes no argument without a name, and 1 has none."),
    "test_within": ("within='soon'", "got within='soon': 'soon' is no duration"),
    "test_negative": ("within=-1", "got within=-1: give seconds, as in 1.5, or text"),
    "test_seeds": ("seeds=0", "got seeds=0: give a whole number from 1."),
    "test_flag": ("cancel_anywhere=1", "got cancel_anywhere=1: give True or False."),
    "test_expect": ("expect=3", "got expect=3: give a function, or its name"),
    "test_world": ("world=3", "got world=3: give a world file, or a list of loopscope.Host."),
    "test_no_file": ("world='none.toml'", "none.toml"),
    "test_costs": ("costs=2", "got costs=2: give text as in 'module.function=2s', or a list."),
    "test_cost": ("costs='2x'", "got costs='2x': what is measured does not repeat."),
}


def test_wrong_arguments_are_told_in_one_sentence(tmp_path: Path) -> None:
    """Each says what is wrong and which arguments there are; the test does not run."""
    text = "".join(
        f"@pytest.mark.loopscope({given})\nasync def {name}():\n    print('has run')\n\n"
        for name, (given, _) in REFUSED.items()
    )
    ran = run_pytest(tmp_path, text)
    assert ran.outcomes == dict.fromkeys(REFUSED, "ERROR"), ran.out
    for _, said in REFUSED.values():
        assert said in ran.out, said
    assert ran.out.count("\nloopscope: The marker loopscope ") == len(REFUSED) - 1
    assert "Its arguments are: within, seeds, world, no_stall, no_lost_task" in ran.out
    assert "has run\n" not in ran.out
    assert "Traceback" not in ran.out


def test_what_cannot_be_simulated_is_refused(tmp_path: Path) -> None:
    """Asynchronous fixtures, tests of unittest and Hypothesis, and fixtures asked for too late."""
    ran = run_pytest(
        tmp_path,
        """
        import unittest
        from hypothesis import given, strategies

        @pytest.fixture
        async def connection():
            yield 1

        @pytest.fixture
        def looks(virtual_loop):
            return virtual_loop.run(asyncio.sleep(1))

        @pytest.mark.loopscope
        async def test_fixture(connection):
            pass

        def test_not_marked(world):
            pass

        async def test_not_marked_async(world):
            pass

        @pytest.mark.loopscope
        class TestCase(unittest.TestCase):
            def test_method(self):
                pass

        @pytest.mark.loopscope
        @given(strategies.integers())
        def test_examples(number):
            pass

        def test_late(request):
            request.getfixturevalue("world")

        def test_outside(looks):
            pass
        """,
    )
    good = {name for name, what in ran.outcomes.items() if what == "PASSED"}
    assert good == {"test_not_marked"}, ran.out
    assert len(ran.outcomes) == 7
    for said in (
        "test_fixture has the asynchronous fixture connection, which would live in a loop in real",
        "test_not_marked_async is asynchronous and has a simulated fixture, but nothing that runs",
        "test_method is not called by pytest itself",
        "test_examples is a test of Hypothesis",
        "The fixture world has to be an argument of the test function",
        "The fixture virtual_loop works only while the test function runs",
    ):
        assert said in ran.out, said
