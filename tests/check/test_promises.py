"""Every promise: what breaks it, what holds it, and which line is named."""

import textwrap
from pathlib import Path
from typing import Any

import pytest

from loopscope.check.case import Case
from loopscope.check.one_run import run_case
from loopscope.check.outcome import Outcome
from loopscope.check.program import Program
from loopscope.check.promises import Promises
from loopscope.check.surroundings import Surroundings, read_failure
from loopscope.errors import UsageError

_MS = 1_000_000


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a script once, with what it promises."""
    monkeypatch.chdir(tmp_path)

    def run(body: str, promises: Promises | None = None, **options: Any) -> Outcome:
        script = tmp_path / "app.py"
        script.write_text("import asyncio, time, sys\n" + textwrap.dedent(body))
        surroundings = Surroundings(**options)
        program = Program(
            "app.py", str(script), str(tmp_path), ("app.py",), surroundings=surroundings
        )
        return run_case(program, promises or Promises(), Case(7))

    return run


def _told(outcome: Outcome) -> tuple[str, str, str | None]:
    return outcome.kind, outcome.where, outcome.broken


def test_a_program_that_holds(run: Any) -> None:
    """Nothing is told but how long it took."""
    outcome = run("asyncio.run(asyncio.sleep(1.5))")
    assert (outcome.broken, outcome.duration_ns) == (None, 1_500 * _MS)


def test_within(run: Any) -> None:
    """Just in time is in time; a nanosecond more is not."""
    assert run("asyncio.run(asyncio.sleep(1))", Promises(within_ns=1_000 * _MS)).broken is None
    outcome = run("asyncio.run(asyncio.sleep(1))", Promises(within_ns=1_000 * _MS - 1))
    assert outcome.kind == "within"


def test_an_exception_names_the_programs_own_line(run: Any) -> None:
    """Not the library's line in which it was raised."""
    outcome = run("import json\n\njson.loads('[')")
    assert outcome.kind == "raised"
    assert outcome.where == "app.py:4"
    assert outcome.broken.startswith("It raised JSONDecodeError: Expecting value")


def test_an_exception_in_a_group_is_named_itself(run: Any) -> None:
    """A TaskGroup hides it one level deep."""
    outcome = run(
        """
        async def fail():
            raise ValueError("no\\nmore")
        async def main():
            async with asyncio.TaskGroup() as group:
                group.create_task(fail())
        asyncio.run(main())
        """
    )
    assert _told(outcome) == ("raised", "app.py:4", "It raised ValueError: no more.")


@pytest.mark.parametrize(
    ("code", "kind"), [("0", ""), ("None", ""), ("3", "exit"), ("'x'", "exit")]
)
def test_an_exit_code(run: Any, code: str, kind: str) -> None:
    """Only 0 is well."""
    assert run(f"sys.exit({code})").kind == kind


def test_a_deadlock_names_all_lines_that_wait(run: Any) -> None:
    """Both tasks of a pair that waits for each other."""
    outcome = run(
        """
        async def one(a, b):
            async with a:
                await asyncio.sleep(0)
                async with b:
                    pass
        async def main():
            a, b = asyncio.Lock(), asyncio.Lock()
            await asyncio.gather(one(a, b), one(b, a))
        asyncio.run(main())
        """
    )
    assert outcome.kind == "deadlock"
    assert outcome.where == "app.py:10, app.py:6"
    assert "They wait in a circle" in outcome.detail


def test_a_stall_is_the_sum_of_what_holds_one_step(run: Any) -> None:
    """Two short blocks in one step hold the loop as one long one does; in two steps they do not."""
    together = "time.sleep(0.03)\n    time.sleep(0.03)"
    apart = "time.sleep(0.03)\n    await asyncio.sleep(0)\n    time.sleep(0.03)"
    program = "async def main():\n    {}\nasyncio.run(main())"
    promises = Promises(no_stall_ns=50 * _MS)
    assert _told(run(program.format(together), promises)) == (
        "stall",
        "app.py:4",
        "One step held the loop for 0.06 s, more than 0.05 s.",
    )
    assert run(program.format(apart), promises).broken is None


def test_what_blocks_beside_the_loop_is_no_stall(run: Any) -> None:
    """In a thread, and before the loop."""
    outcome = run(
        "time.sleep(1)\nasyncio.run(asyncio.to_thread(time.sleep, 1))",
        Promises(no_stall_ns=50 * _MS),
    )
    assert outcome.broken is None


_EXPECT = """
async def main():
    global answer
    answer = 41
    print("hello")
asyncio.run(main())
def fine(module): return module.answer == 41
def silent(module): pass
def wrong(module): return module.answer == 42
def strict(module): assert module.answer == 42, "not 42"
"""


def test_an_expectation_may_return_or_raise(run: Any) -> None:
    """True and None hold; anything false, and an exception, do not."""
    for name in ("app:fine", "app:silent", "__main__:fine"):
        assert run(_EXPECT, Promises(expect=name)).broken is None
    wrong = run(_EXPECT, Promises(expect="app:wrong"))
    assert _told(wrong) == ("expect", "app.py:10", "app:wrong returned False.")
    assert wrong.output == "hello\n"
    strict = run(_EXPECT, Promises(expect="app:strict"))
    assert _told(strict) == ("expect", "app.py:11", "app:strict said no: AssertionError: not 42.")


def test_an_expectation_may_lie_beside_the_program(run: Any, tmp_path: Path) -> None:
    """In a module of its own, which is imported anew for every run."""
    (tmp_path / "expected_k1.py").write_text("def fine(module): return module.answer == 41\n")
    assert run(_EXPECT, Promises(expect="expected_k1:fine")).broken is None
    (tmp_path / "expected_k1.py").write_text("def fine(module): return module.answer ==  42\n")
    assert run(_EXPECT, Promises(expect="expected_k1:fine")).kind == "expect"


@pytest.mark.parametrize("name", ["app:nothing", "no_such_module:f", "app", ":f", "app:answer"])
def test_an_expectation_that_is_none_is_a_mistake_of_the_users(run: Any, name: str) -> None:
    """It says nothing of the program."""
    with pytest.raises(UsageError, match="--expect"):
        run(_EXPECT, Promises(expect=name))


_OVERLAP = """
async def main():
    for _ in range(2):
        await asyncio.gather(*(asyncio.sleep(1) for _ in range(3)))
asyncio.run(main())
"""


def test_concurrency_counts_waits_that_overlap(run: Any) -> None:
    """Six waits, but three at a time."""
    assert run(_OVERLAP, Promises(concurrency_at_least=3)).broken is None
    outcome = run(_OVERLAP, Promises(concurrency_at_least=4))
    assert outcome.broken == "At most 3 waits on the outside overlapped, and not 4."


_LEFT = """
async def work():
    await asyncio.sleep(9)
async def main():
    task = asyncio.create_task(work(), name="worker")
    await asyncio.sleep(1)
asyncio.run(main())
"""


def test_a_task_that_the_end_of_the_program_cancels_is_lost_if_that_was_promised(run: Any) -> None:
    """By default it is not: many programs have something that runs beside them."""
    assert run(_LEFT).broken is None
    assert _told(run(_LEFT, Promises(no_lost_task=True))) == (
        "lost-task",
        "app.py:4",
        "worker (work) was not finished when the program ended.",
    )
    finished = _LEFT.replace("asyncio.sleep(1)", "task")
    assert run(finished, Promises(no_lost_task=True)).broken is None


_UNSEEN = """
async def fail():
    raise ValueError("unseen")
async def main():
    {}asyncio.create_task(fail(), name="failing")
    await asyncio.sleep(1)
asyncio.run(main())
"""


@pytest.mark.parametrize("kept", ["", "task = ", "global task; task = "])
def test_an_exception_that_nobody_looks_at_is_a_lost_task(run: Any, kept: str) -> None:
    """Whether or not the task is still there when the program ends."""
    told = "failing (fail) raised ValueError, and nobody looked at it."
    assert _told(run(_UNSEEN.format(kept))) == ("lost-task", "app.py:4", told)


def test_other_promises_alone_do_not_ask_for_lost_tasks(run: Any) -> None:
    """Whoever asks for a time gets an answer about the time."""
    assert run(_UNSEEN.format(""), Promises(within_ns=2_000 * _MS)).broken is None


def test_nothing_of_a_run_is_left_for_the_next(run: Any, tmp_path: Path) -> None:
    """Modules, environment, arguments, directory, loggers and exit handlers are the run's own."""
    (tmp_path / "counting_k1.py").write_text("count = 0\n")
    program = """
    import atexit, counting_k1, logging, os
    counting_k1.count += 1
    os.environ["K1"] = os.environ.get("K1", "") + "x"
    sys.argv.append("y")
    logging.getLogger().addHandler(logging.NullHandler())
    os.chdir("/")
    done = []
    atexit.register(done.append, 1)
    def first(module):
        assert module.counting_k1.count == 1
        assert os.environ["K1"] == "x"
        assert sys.argv == ["app.py", "y"]
        assert module.done == [1]
    """
    for _ in range(2):
        assert run(program, Promises(expect="app:first")).broken is None
        assert Path.cwd() == tmp_path


def test_a_handler_of_the_world_begins_anew_with_every_run(run: Any, tmp_path: Path) -> None:
    """What it remembers of one run is not there in the next."""
    (tmp_path / "serving_k1.py").write_text(
        "calls = []\ndef answer(request):\n    calls.append(1)\n    return {'n': len(calls)}\n"
    )
    (tmp_path / "w.toml").write_text(
        '[[host]]\nname = "api.test"\n[[host.answer]]\nhandler = "serving_k1:answer"\n'
    )
    program = """
    import json, urllib.request
    with urllib.request.urlopen("http://api.test/") as reply:
        found = json.load(reply)
    def once(module):
        assert module.found == {"n": 1}, module.found
    """
    for _ in range(3):
        world = tmp_path / "w.toml"
        assert run(program, Promises(expect="app:once"), world=world).broken is None


_CALL = """
import urllib.request
with urllib.request.urlopen("http://api.test/") as reply:
    pass
"""


def test_failures_of_the_command_line(run: Any) -> None:
    """They are of hosts that are described, or that answer because of --latency."""
    refusing = (read_failure("api.test:refuse:100%"),)
    outcome = run(_CALL, latency_ns=_MS, failures=refusing)
    assert "Connection refused" in outcome.broken
    other = (read_failure("other.test:refuse:1"),)
    assert run(_CALL, latency_ns=_MS, failures=other).broken is None
    assert run(_CALL, latency_ns=_MS, failures=(read_failure("*:503:1.0"),)).kind == "raised"
    with pytest.raises(UsageError, match="means no host of this world"):
        run(_CALL, failures=refusing)


@pytest.mark.parametrize("text", ["", "a", "a:b", "a:refuse:2", "a:refuse:x%", ":refuse:1", "a::1"])
def test_what_is_no_failure_is_refused(text: str) -> None:
    """With one sentence that says how one is written."""
    with pytest.raises(ValueError, match="write HOST:KIND:RATE"):
        read_failure(text)


def test_varied_latencies_differ_from_seed_to_seed_and_repeat(tmp_path: Path) -> None:
    """Around what is given, and the same for the same seed."""
    script = tmp_path / "app.py"
    script.write_text(_CALL)
    around = Surroundings(latency_ns=100 * _MS, varies=True)
    program = Program("app.py", str(script), str(tmp_path), surroundings=around)
    first, second = (
        [run_case(program, Promises(), Case(seed)).duration_ns for seed in range(40)]
        for _ in range(2)
    )
    assert first == second
    assert len(set(first)) == 40
    assert 60 * _MS < sorted(first)[20] < 160 * _MS


def test_an_undescribed_host_says_something_of_the_world(run: Any) -> None:
    """Even where the program swallows the error."""
    outcome = run("import socket\ntry: socket.getaddrinfo('x.test', 80)\nexcept Exception: pass")
    assert (outcome.kind, outcome.is_world) == ("host-unknown", True)


def test_an_exception_that_was_never_raised_itself_is_at_its_group(run: Any) -> None:
    """It has no line of its own, but its group has."""
    outcome = run("raise ExceptionGroup('several', [KeyError('x')])")
    assert _told(outcome) == ("raised", "app.py:2", "It raised KeyError: 'x'.")
