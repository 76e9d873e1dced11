"""``computing-on-loop``: the loop's thread computes while tasks wait for their turn."""

from collections.abc import Iterator
from pathlib import PurePath

from loopscope.analysis.rules.held_loop import (
    delay_sentence,
    delayed_names,
    held_evidence,
    is_released,
)
from loopscope.analysis.rules.rule import Rule
from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.analysis.rules.words import lasting, parsed_call, sentences, short_code
from loopscope.model.changes import Elsewhere, OffLoop
from loopscope.model.finding import Confidence, Finding
from loopscope.model.records import Stall

LEAST_COMPUTED_NS = 50_000_000
OFTEN = 3
STANDS_STILL = 0.9
WORTH_IT = 0.05

_EXAMPLE = """\
# Wrong: nothing else runs while it computes.
async def handle(text):
    return count_words(text)

# Right: another process computes; the loop goes on.
async def handle(text, processes):
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(processes, count_words, text)
"""

_PYTHON = (
    "A thread does not help: Python code holds the interpreter lock, so loop and thread would "
    "share one processor. Compute in a process (run_in_executor with a ProcessPoolExecutor), "
    "compute less, or divide the work with await asyncio.sleep(0) between the parts."
)
_IN_A_CALL = (
    "A thread helps only if this call releases the interpreter lock while it computes, as some "
    "libraries in C do; Python code never does. A process helps always (run_in_executor with a "
    "ProcessPoolExecutor), and so does computing less."
)


def _computed_in_run(run: RunFacts, suspects: list[Finding]) -> Iterator[Finding]:
    # Computing that delays nobody costs nobody anything: there is nothing to report.
    for stall in run.held_lines:
        is_cost = stall.kind == "computing" and stall.where.is_user and stall.delayed_tasks_count
        if is_cost and _is_long(stall) and not _is_loops_own(run, stall):
            found = _finding(run, stall)
            is_other = is_released(run, stall) or _has_just_begun(run, stall)
            if not is_other and not _is_librarys_own(run, stall, found):
                yield found
    yield from suspects


def _is_long(stall: Stall) -> bool:
    """Whether it is longer than what a busy machine does to any line, by taking it off its core."""
    often = stall.count >= OFTEN and stall.held_ns >= LEAST_COMPUTED_NS
    return often or stall.longest_ns >= LEAST_COMPUTED_NS


def _has_just_begun(run: RunFacts, stall: Stall) -> bool:
    """Whether a function was seen at its ``def``, before any of its code.

    A thread that photographs comes to its turn between two instructions: what took so long came
    before, as when the function that returned last had much to throw away.
    """
    where = stall.where
    function = run.project.function_at(where.file, where.line)
    body = function.body if function is not None else []
    return bool(body) and where.line == where.first_line and body[0].lineno > where.line


def _is_librarys_own(run: RunFacts, stall: Stall, found: Finding) -> bool:
    """Whether a library computed, and the program would gain next to nothing without it."""
    if stall.inside is None or stall.inside.is_user:
        return False
    prediction = run.predicted(found.changes)
    gain = prediction.saves_ns if prediction else 0
    return gain < WORTH_IT * run.trace.total_ns


def _is_loops_own(run: RunFacts, stall: Stall) -> bool:
    """Whether asyncio itself computed, as when it starts a process: nobody can move that."""
    called = {below.file for below in run.called_by(stall)}
    return bool(called) and all(PurePath(file).parent.name == "asyncio" for file in called)


def _finding(run: RunFacts, stall: Stall) -> Finding:
    names = delayed_names(run, stall)
    what = short_code(stall.call) or f"{stall.where.function}()"
    inside = stall.inside
    inner = f" (at {inside.short})" if inside is not None and inside.is_user else ""
    held = lasting(stall.held_ns, stall.count, stall.longest_ns)
    return Finding(
        rule="computing-on-loop",
        where=stall.where,
        message=sentences(
            [f"{what} computed on the loop {held}{inner}.", delay_sentence(stall, names)]
        ),
        remedy=_IN_A_CALL if _is_in_a_call(run, stall) else _PYTHON,
        confidence=Confidence.SEEN,
        evidence=held_evidence(stall, names),
        changes=(OffLoop(stall.where.file, stall.where.line, Elsewhere.PROCESS),),
    )


def _is_in_a_call(run: RunFacts, stall: Stall) -> bool:
    """Whether it computed in a call out of the user's own Python: into C, or into a library.

    A call into C stands still at its line; Python is seen now here, now there.
    """
    innermost = stall.inside or stall.where
    if not innermost.is_user:
        return True
    call = parsed_call(run.trace.words.source_text(innermost))
    return call is not None and run.share_at(stall, innermost) >= STANDS_STILL


COMPUTING_ON_LOOP = Rule(
    name="computing-on-loop",
    title="The loop computes, and everything else waits",
    why=(
        "The event loop is one thread. While it computes, no other task runs, no timer fires and "
        "no answer is read, however many tasks there are."
    ),
    example=_EXAMPLE,
    in_run=_computed_in_run,
)
