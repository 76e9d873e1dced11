"""Marked tests: run in every simulated world, and held to what they promise."""

import re
import shlex
from pathlib import Path

import pytest
from tests.check.plugin_runs import Ran, repeat, run_pytest
from tests.support import loopscope

pytestmark = pytest.mark.slow  # every test starts pytest

SLOW = """
    @pytest.mark.loopscope(
        seeds=40, world=[Host("api.x.com", latency={"uniform": ["10ms", "100ms"]})]
    )
    async def test_slow():
        began = time.monotonic()
        reader, writer = await asyncio.open_connection("api.x.com", 80)
        writer.write(b"GET / HTTP/1.0\\r\\n\\r\\n")
        await reader.read()
        writer.close()
        took = time.monotonic() - began
        assert took < 0.09, f"took {took}"
"""
SMALLEST = "api.x.com, 1st request: 90 ms instead of 55 ms"


def test_a_marked_test_runs_once_for_every_seed_in_virtual_time(tmp_path: Path) -> None:
    """Coroutines, functions, methods and parameters; fixtures are made once for all seeds."""
    ran = run_pytest(
        tmp_path,
        """
        RUNS = []

        @pytest.fixture
        def made():
            made = []
            yield made
            RUNS.append(len(made))

        @pytest.mark.loopscope(seeds=7)
        async def test_coroutine(made):
            made.append(1)
            assert time.monotonic() == 0
            await asyncio.sleep(3600)
            assert time.monotonic() == 3600

        @pytest.mark.loopscope(seeds=5)
        def test_function(made):
            made.append(1)
            time.sleep(3600)
            assert time.monotonic() == 3600

        @pytest.mark.loopscope(seeds=3)
        class TestMethods:
            def setup_method(self):
                self.pause = 1

            async def test_method(self, made):
                made.append(1)
                await asyncio.sleep(self.pause)

            @pytest.mark.parametrize("pause", [1, 2])
            async def test_parameter(self, made, pause):
                made.append(1)
                await asyncio.sleep(pause)
                assert time.monotonic() == pause

        @pytest.mark.loopscope
        async def test_as_usual(made):
            made.append(1)

        def test_all():
            assert RUNS == [7, 5, 3, 3, 3, 100]
            assert time.monotonic() != 0
        """,
    )
    assert set(ran.outcomes.values()) == {"PASSED"}, ran.out
    assert len(ran.outcomes) == 7


def test_a_failure_tells_its_seed_its_world_its_trace_and_its_end(tmp_path: Path) -> None:
    """The section of a failed test has what is needed to understand it; its commands repeat it."""
    ran = run_pytest(tmp_path, SLOW)
    assert ran.outcomes == {"test_slow": "FAILED"}, ran.out
    said = found(r"^Seed (\d+) fails: It raised AssertionError: took 0.09", ran)
    assert int(said[0]) > 0
    assert f"The {said[0]} seeds before it held, of 40." in ran.out
    assert "(1 choice not as usual" in ran.out
    assert f"    {SMALLEST}\n" in ran.out
    assert found(r"^E +AssertionError: took 0.09$", ran)
    assert "ends: raised AssertionError: took 0.09" in ran.out
    shown = loopscope(
        "show", found("^The trace of the test in this world: (.+)$", ran)[0], cwd=tmp_path
    )
    assert shown.returncode == 0
    assert f"seed {said[0]}" in shown.stdout
    commands = [shlex.split(one) for one in found("^Repeat it:  (.+)$", ran)]
    assert len(commands) == 2
    for command, *words in commands:
        again = repeat(tmp_path, command, "-rA", "-p", "no:asyncio", *words)
        assert again.outcomes == {"test_slow": "FAILED"}
        assert found(r"^Seed (\d+) fails: It raised AssertionError: took 0.09", again) == said
        assert f"    {SMALLEST}\n" in again.out


def found(pattern: str, ran: Ran) -> list[str]:
    """Return what a pattern matches in the lines that were printed."""
    return re.findall(pattern, ran.out, re.MULTILINE)


def test_what_is_printed_is_shown_of_the_last_run_only(tmp_path: Path) -> None:
    """What the other seeds printed and logged is left out, where pytest captures it."""
    text = """
        import logging

        @pytest.mark.loopscope(seeds=9)
        async def test_prints(world):
            print("printed", world.seed)
            assert world.seed < 5, "too many"

        @pytest.mark.loopscope(seeds=9)
        async def test_logs(world, caplog):
            logging.warning("logged %s", world.seed)
            assert len(caplog.records) == 1
            assert world.seed < 5, "too many"
        """
    ran = run_pytest(tmp_path, text)
    assert set(ran.outcomes.values()) == {"FAILED"}
    assert found("E +AssertionError: (.+)$", ran) == ["too many", "too many"]
    assert found("^printed ([0-9])$", ran) == ["5"]
    assert found("logged ([0-9])$", ran) == ["5"]
    ran = run_pytest(tmp_path, text, "-s", "-p", "no:logging")
    assert ran.outcomes == {"test_prints": "FAILED", "test_logs": "ERROR"}
    assert found("printed ([0-9])$", ran) == [*"01234555"]


def test_what_fails_only_once_is_told_as_that(tmp_path: Path) -> None:
    """A failure that does not come again in the same world is not blamed on the world."""
    ran = run_pytest(
        tmp_path,
        """
        RUNS = []

        @pytest.mark.loopscope(seeds=9)
        async def test_counts():
            RUNS.append(1)
            assert len(RUNS) != 5
        """,
    )
    assert ran.outcomes == {"test_counts": "FAILED"}, ran.out
    assert "loopscope, seed 4: It failed, and held when it was run again" in ran.out


def test_the_command_is_for_where_pytest_was_started(tmp_path: Path) -> None:
    """Below the root directory of the tests, paths count from there."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    inner = tmp_path / "inner"
    inner.mkdir()
    ran = run_pytest(
        inner,
        """
        @pytest.mark.loopscope(seeds=1)
        def test_exit():
            raise SystemExit(3)
        """,
        *("--loopscope-dir", "traces"),
    )
    assert "Seed 0 fails: It ended with exit code 3. (test_it.py:8)" in ran.out, ran.out
    assert "Repeat it:  pytest test_it.py::test_exit --loopscope-seed 0" in ran.out
    assert [one.name for one in (inner / "traces").iterdir()] == [
        "inner-test_it.py-test_exit-seed-0.loopscope"
    ]


def test_options_choose_the_seeds(tmp_path: Path) -> None:
    """``--loopscope-seeds`` says how many, ``--loopscope-seed`` which one, for every test."""
    text = """
        SEEN = []

        @pytest.mark.loopscope(seeds=5)
        async def test_one(world):
            SEEN.append(world.seed)

        def test_two(world):
            SEEN.append(world.seed)

        def test_seen():
            print("seen", *SEEN)
        """
    assert "seen 0 1 2 3 4 0\n" in run_pytest(tmp_path, text).out
    assert "seen 0 1 2 0\n" in run_pytest(tmp_path, text, "--loopscope-seeds", "3").out
    assert "seen 17 17\n" in run_pytest(tmp_path, text, "--loopscope-seed", "17").out
    wrong = run_pytest(tmp_path, text, "--loopscope-seed", "x")
    assert wrong.outcomes == {"test_one": "ERROR", "test_two": "ERROR", "test_seen": "PASSED"}
    assert "loopscope: 'x' is no case" in wrong.out
    assert (
        "argument --loopscope-seeds: invalid"
        in run_pytest(tmp_path, text, "--loopscope-seeds", "0").out
    )


def test_several_processes_find_the_same_first_failure(tmp_path: Path) -> None:
    """``--loopscope-jobs`` changes nothing but the time it takes."""
    alone = found("^Seed .*", run_pytest(tmp_path, SLOW))
    together = found("^Seed .*", run_pytest(tmp_path, SLOW, "--loopscope-jobs", "3"))
    assert len(alone) == 1
    assert together == alone


def test_a_process_that_dies_or_skips_is_seen(tmp_path: Path) -> None:
    """What a process of its own cannot say is found out in this one."""
    ran = run_pytest(
        tmp_path,
        """
        import os
        PID = os.getpid()

        @pytest.mark.loopscope(seeds=6)
        async def test_dies(world):
            if os.getpid() != PID and world.seed == 3:
                os._exit(3)

        @pytest.mark.loopscope(seeds=6)
        async def test_skips(world):
            if world.seed == 3:
                pytest.skip("seen enough")
        """,
        "--loopscope-jobs",
        "auto",
    )
    assert "1 passed, 1 skipped" in ran.out, ran.out


def test_every_promise_is_judged(tmp_path: Path) -> None:
    """Each argument of the marker finds the test that breaks it, and names the line."""
    ran = run_pytest(
        tmp_path,
        """
        mark = pytest.mark.loopscope

        @mark(seeds=1, within="1.5s")
        async def test_within():
            await asyncio.sleep(2)

        @mark(seeds=1, no_stall=True)
        async def test_no_stall():
            time.sleep(0.06)

        @mark(seeds=1, no_stall=0.2)
        async def test_little_stall():
            time.sleep(0.06)

        @mark(seeds=1, no_lost_task=True)
        async def test_no_lost_task():
            task = asyncio.create_task(background())
            await asyncio.sleep(0)

        async def background():
            await asyncio.sleep(9)

        @mark(seeds=1, expect=lambda result: result == 3)
        async def test_expect():
            return 4

        @mark(seeds=1, expect=lambda result: result == 3)
        async def test_expected():
            return 3

        @mark(seeds=1, concurrency_at_least=2, latency="1s")
        async def test_concurrency():
            for _ in range(2):
                reader, writer = await asyncio.open_connection("a", 80)
                writer.write(b"GET / HTTP/1.0\\r\\n\\r\\n")
                await reader.read()
                writer.close()

        @mark(seeds=1, costs="test_it.work=2s")
        async def test_costs():
            work()
            assert time.monotonic() == 2

        def work():
            pass

        @mark(seeds=1)
        async def test_deadlock():
            await asyncio.Event().wait()

        @mark(seeds=1)
        async def test_unknown_host():
            await asyncio.open_connection("nobody.example.com", 80)
        """,
    )
    good = {"test_little_stall", "test_expected", "test_costs"}
    assert {name for name, what in ran.outcomes.items() if what == "PASSED"} == good, ran.out
    for said in (
        "It took 2 s, more than 1.5 s.",
        "One step held the loop for 0.06 s, more than 0.05 s. (test_it.py:14)",
        "Task-2 (background) was not finished when the program ended. (test_it.py:26)",
        "expect=<lambda> returned False for 4.",
        "At most 1 waits on the outside overlapped, and not 2.",
        "Task-1 (test_deadlock) waits for event 1, which nobody has set",
        '[[host]]\nname = "nobody.example.com"',
    ):
        assert said in ran.out, said


def test_a_cancellation_at_any_suspension_is_tried(tmp_path: Path) -> None:
    """``cancel_anywhere`` finds where one is swallowed, and leaves a clean test alone."""
    ran = run_pytest(
        tmp_path,
        """
        @pytest.mark.loopscope(seeds=2, cancel_anywhere=True)
        async def test_swallows():
            await asyncio.sleep(1)
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                pass

        @pytest.mark.loopscope(seeds=2, cancel_anywhere=True)
        async def test_clean():
            try:
                await asyncio.sleep(1)
            finally:
                await asyncio.sleep(1)
        """,
    )
    assert ran.outcomes == {"test_swallows": "FAILED", "test_clean": "PASSED"}, ran.out
    assert "Cancelled at test_it.py:10" in ran.out
    assert """--loopscope-seed '{"seed":0,"cancel":2}'""" in ran.out


def test_the_world_file_lies_beside_the_test(tmp_path: Path) -> None:
    """Its name counts from the directory of the test file; a bad one is told in one sentence."""
    (tmp_path / "w.toml").write_text('[[host]]\nname = "a"\nlatency = "2s"\n')
    (tmp_path / "bad.toml").write_text('[[host]]\nname = "a"\nlatencies = "2s"\n')
    text = """
        @pytest.mark.loopscope(seeds=2, world="{}")
        def test_world():
            import urllib.request
            assert urllib.request.urlopen("http://a/").status == 200
            assert time.monotonic() == 2
        """
    assert run_pytest(tmp_path, text.format("w.toml")).outcomes == {"test_world": "PASSED"}
    bad = run_pytest(tmp_path, text.format("bad.toml"))
    assert bad.outcomes == {"test_world": "ERROR"}
    assert "latencies" in bad.out
    assert "Traceback" not in bad.out


def test_skips_and_expected_failures_stay_what_they_are(tmp_path: Path) -> None:
    """What pytest itself raises to say something of a test reaches pytest."""
    ran = run_pytest(
        tmp_path,
        """
        @pytest.mark.loopscope(seeds=2)
        async def test_skip():
            pytest.skip("no")

        @pytest.mark.loopscope(seeds=2)
        async def test_xfail():
            pytest.xfail("no")

        @pytest.mark.xfail(strict=True)
        @pytest.mark.loopscope(seeds=2)
        async def test_expected():
            assert False

        @pytest.mark.loopscope(seeds=2)
        async def test_fail():
            pytest.fail("this is wrong")
        """,
    )
    assert "1 failed, 1 skipped, 2 xfailed" in ran.out, ran.out
    assert "Failed: this is wrong" in ran.out


def test_orders_not_seen_before_are_looked_for(tmp_path: Path) -> None:
    """A seed that a guide found is repeated with its guide, and is the same in two processes."""
    text = """
        LATENCY = {"lognormal": {"median": "10ms", "sigma": 0.4}}
        WORLD = [Host(f"{name}.example.com", kind="tcp", latency=LATENCY) for name in "ab"]

        async def ask(name, delay_s):
            await asyncio.sleep(delay_s)
            reader, writer = await asyncio.open_connection(f"{name}.example.com", 7)
            writer.write(b"?")
            await reader.read(1)
            writer.close()
            return asyncio.get_running_loop().time()

        @pytest.mark.loopscope(seeds=400, world=WORLD)
        async def test_overtaken():
            first, second = await asyncio.gather(ask("a", 0), ask("b", 0.038))
            assert first < second
        """
    alone = run_pytest(tmp_path, text)
    both = run_pytest(tmp_path, text, "--loopscope-jobs", "2")
    said = [re.search(r"Repeat it:  (pytest .*order:b.*<a.*)", ran.out) for ran in (alone, both)]
    assert said[0] is not None, alone.out
    assert said[1] is not None, both.out
    assert said[0][1] == said[1][1]
    command, *words = shlex.split(said[0][1])
    again = repeat(tmp_path, command, *words)
    assert "assert first < second" in again.out
