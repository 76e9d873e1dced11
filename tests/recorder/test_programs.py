"""Real programs, run by ``loopscope run`` in processes of their own, with each probe."""

import sys
from collections import Counter

import pytest
from tests.conftest import Recording
from tests.support import EXAMPLES, PROGRAMS, line_of, names

from loopscope.analysis.summary import Summary, summarise
from loopscope.analysis.tasks import task_life
from loopscope.analysis.wait_kinds import KINDS
from loopscope.model.kinds import Fate, Lapse, WaitKind, WakeKind
from loopscope.trace.columns import Trace

NEW_IN_312 = pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks came with 3.12")


def fates(trace: Trace) -> dict[str, tuple[str, str]]:
    """Return how each named task ended and who cancelled it."""
    summary = summarise(trace)
    lives = [task_life(summary.timeline, summary.lives, row) for row in summary.rows]
    return {life.task.name: (life.fate.word, life.cancelled_by) for life in lives}


def wait_kinds(summary: Summary) -> set[WaitKind]:
    """Return the kinds of all waits that ended."""
    timeline = summary.timeline
    return {KINDS[kind] for kind in timeline.wait_kind[timeline.wait_begin >= 0].tolist()}


def test_a_task_is_seen_however_it_was_made(recording: Recording) -> None:
    """gather, ensure_future, TaskGroup, create_task, loop.create_task and run: six of six."""
    trace = recording.program(PROGRAMS / "many_ways.py")
    assert len(names(trace)) == 6
    assert {"Task-1", "in-group", "created", "by-loop"} <= set(names(trace))


def test_creators_are_the_users_lines(recording: Recording) -> None:
    """Each task names the user's line that made it, not a line of asyncio."""
    program = PROGRAMS / "many_ways.py"
    trace = recording.program(program)
    markers = ("gather", "ensure_future", "TaskGroup", "create_task", "the loop", "run")
    lines = {line_of(program, f"made by {marker}") for marker in markers}
    tasks = [trace.task(one) for one in trace.tasks.id.tolist()]
    made = [task.creator for task in tasks if "BaseEventLoop" not in task.coroutine.function]
    assert {place.line for place in made if place} == lines
    assert {place.file for place in made if place} == {str(program)}


@NEW_IN_312
def test_eager_tasks_are_seen(recording: Recording) -> None:
    """Tasks that run inside create_task are recorded, those that end there included."""
    trace = recording.program(PROGRAMS / "eager.py")
    assert {"at-once", "later", "opener", "passenger-0", "passenger-1"} <= set(names(trace))
    ends = fates(trace)
    assert ends["at-once"] == ends["later"] == ("returned", "")
    steps = trace.steps
    passenger = next(
        one for one in trace.tasks.id.tolist() if trace.task(one).name == "passenger-0"
    )
    woken = [at for at in range(len(steps)) if steps.task[at] == passenger][1]
    assert trace.task(int(steps.task[steps.waker[woken]])).name == "opener"


def test_loops_one_after_another(recording: Recording) -> None:
    """Two asyncio.run are two loops in one trace, and the time between them is no stall."""
    program = PROGRAMS / "two_loops.py"
    trace = recording.program(program)
    assert sorted(trace.loops) == [1, 2]
    assert {"nap-first", "nap-second"} <= set(names(trace))
    blocks = line_of(program, "blocks while there is no loop")
    assert blocks not in {stall.where.line for stall in summarise(trace).stalls}


def test_loops_in_threads(recording: Recording) -> None:
    """Two loops in two threads are told apart, and only the blocked one has the stall."""
    program = PROGRAMS / "threads_loops.py"
    trace = recording.program(program)
    assert len({loop.thread for loop in trace.loops.values()}) == 2
    stall = summarise(trace).stalls[0]
    assert stall.where.line == line_of(program, "blocks the left loop")


def test_nested_runs(recording: Recording) -> None:
    """An asyncio.run in a worker thread of another one is recorded beside it."""
    trace = recording.program(PROGRAMS / "nested_loops.py")
    assert "inner-nap" in names(trace)
    assert len(trace.loops) == 2


def test_async_generators(recording: Recording) -> None:
    """A wait inside an async generator is told at the generator's line."""
    program = PROGRAMS / "async_generators.py"
    timeline = summarise(recording.program(program)).timeline
    words = timeline.trace.words
    nodes = timeline.wait_stack[timeline.wait_begin >= 0].tolist()
    lines = {words.user_location(node).line for node in nodes}
    assert line_of(program, "waits in the generator") in lines


def test_callbacks_without_a_task(recording: Recording) -> None:
    """call_soon, call_later, add_reader and protocols are steps of their own."""
    program = PROGRAMS / "callbacks.py"
    trace = recording.program(program)
    steps = trace.steps
    seen = {
        (trace.words.location(int(steps.stack[at])).function, WakeKind(steps.wake[at]))
        for at in range(len(steps))
        if not steps.task[at]
    }
    assert {WakeKind.TIMER, WakeKind.IO, WakeKind.STEP} <= {wake for _, wake in seen}
    assert any("_read_ready" in function for function, _ in seen)


def test_executor_jobs(recording: Recording) -> None:
    """Work in threads is told with function and thread, and holds no loop."""
    program = PROGRAMS / "executor.py"
    trace = recording.program(program)
    summary = summarise(trace)
    jobs = Counter(job.function.function for job in trace.jobs.values())
    assert jobs["read_slowly"] == 3
    holds = line_of(program, "holds only its thread")
    assert holds not in {stall.where.line for stall in summary.stalls}
    assert WaitKind.EXECUTOR in wait_kinds(summary)


def test_subprocesses(recording: Recording) -> None:
    """Waits for subprocesses are told as such."""
    summary = summarise(recording.program(PROGRAMS / "subprocesses.py"))
    assert WaitKind.SUBPROCESS in wait_kinds(summary)


def test_who_cancelled_whom(recording: Recording) -> None:
    """A cancelled task names the task, the timeout or the shutdown that cancelled it."""
    ends = fates(recording.program(PROGRAMS / "cancellations.py"))
    assert ends["victim"] == ("cancelled", "striker")
    assert ends["left-over"] == ("cancelled", "asyncio.run at its end")
    assert ends["sibling"] == ("cancelled", "its TaskGroup, because a sibling failed")
    assert ends["awaited"] == ("cancelled", "a timeout")
    assert ends["failing"][0] == "raised"
    assert ends["timed"][0] == "returned"


def test_exit_code_and_output_are_the_programs_own(recording: Recording) -> None:
    """sys.exit inside a coroutine keeps its code, and stdout holds only what was printed."""
    trace = recording.program(PROGRAMS / "exits.py", code=3)
    assert recording.done.stdout == "some last words\n"
    assert recording.done.stderr == ""
    assert fates(trace)["bystander"][0] == "cancelled"


def test_tracebacks_read_as_without_the_recorder(recording: Recording) -> None:
    """An uncaught exception prints its traceback with no frame of loopscope, and exit code 1."""
    recording.program(PROGRAMS / "raises.py", code=1)
    assert "LookupError" in recording.done.stderr
    assert "loopscope" not in recording.done.stderr.replace(str(PROGRAMS), "")


def test_a_lost_exception_is_told_and_still_warned_of(recording: Recording) -> None:
    """The recorder names an exception nobody retrieved, and asyncio's own report still comes."""
    program = PROGRAMS / "lost_exception.py"
    trace = recording.program(program)
    assert "Task exception was never retrieved" in recording.done.stderr
    (failure,) = trace.failures
    assert not failure.retrieved
    assert failure.where is not None
    assert failure.where.line == line_of(program, "fails")
    assert fates(trace)["leaky"] == ("cancelled", "asyncio.run at its end")


def test_a_coroutine_never_awaited_is_told(recording: Recording) -> None:
    """The dropped coroutine is named with its line, and Python's own warning stays the same."""
    program = PROGRAMS / "never_awaited.py"
    trace = recording.program(program)
    (dropped,) = trace.never_awaited
    assert dropped.coroutine.function == "save"
    assert dropped.where is not None
    line = line_of(program, "never awaited")
    assert dropped.where.line == line
    assert f"{program}:{line}: RuntimeWarning: coroutine 'save' was never awaited" in (
        recording.done.stderr
    )


def test_waits_have_their_kinds(recording: Recording) -> None:
    """Events, conditions, semaphores and barriers are told apart."""
    summary = summarise(recording.program(PROGRAMS / "events_and_conditions.py"))
    found = wait_kinds(summary)
    kinds = {WaitKind.EVENT, WaitKind.CONDITION, WaitKind.SEMAPHORE, WaitKind.BARRIER}
    assert kinds <= found


def test_ten_thousand_tasks(recording: Recording) -> None:
    """Ten thousand tasks are all there, and their waits overlap."""
    program = PROGRAMS / "ten_thousand_tasks.py"
    summary = summarise(recording.program(program))
    assert summary.fates == {Fate.RETURNED: 10_001}
    assert summary.overlap.peak_count == 10_000


def test_a_real_server_and_client(recording: Recording) -> None:
    """An aiohttp server with its client: every request's task is seen, nothing is lost."""
    trace = recording.program(EXAMPLES / "aiohttp_app.py")
    asked = [
        one
        for one in trace.tasks.id.tolist()
        if trace.task(one).coroutine.function.endswith("ask_price")
    ]
    assert len(asked) == 40
    assert trace.info.lost_count == 0
    assert Lapse.DESTROYED_PENDING not in {one for found in trace.lapses.values() for one in found}


def test_every_life_adds_up(recording: Recording) -> None:
    """A task's life is running, ready and suspended time, to the nanosecond."""
    summary = summarise(recording.program(PROGRAMS / "cancellations.py"))
    lives = summary.lives
    whole = lives.ended - lives.created
    assert (lives.running + lives.ready + lives.suspended == whole).all()
    assert (lives.suspended >= 0).all()


def test_the_cells_of_a_notebook_keep_their_text(recording: Recording) -> None:
    """What Python itself can show of a source that is in no file, the trace can show, too."""
    trace = recording.program(PROGRAMS / "notebook.py")
    assert summarise(trace).slowest[0].what == "asyncio.sleep(0.01)"
