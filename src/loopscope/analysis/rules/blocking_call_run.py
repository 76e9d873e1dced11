"""The run half of ``blocking-call``: lines at which the loop's thread really waited."""

from collections.abc import Iterator

from loopscope.analysis.rules.held_loop import (
    delay_sentence,
    delayed_names,
    held_evidence,
    is_released,
)
from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.analysis.rules.words import lasting, parsed_call, sentences, short_code
from loopscope.model.changes import OffLoop
from loopscope.model.finding import Confidence, Finding
from loopscope.model.location import Location
from loopscope.model.records import Stall
from loopscope.source.syntax import text_of

LONGEST_START_NS = 50_000_000
"""Until then a thread that takes its time to start is the machine's doing."""


def blocked_in_run(run: RunFacts, suspects: list[Finding]) -> Iterator[Finding]:
    """Yield the lines that blocked the loop, then the suspects that no such line explains.

    A suspect on a line that called the blocking one is the same mistake, and is dropped. One
    whose call happened to be quick stays as it was: that says nothing about the next time.
    """
    explained: set[tuple[str, int]] = set()
    for stall in run.held_lines:
        lines = run.lines_of(stall)
        named = [one for one in suspects if _covers(one.where, lines)]
        waited = stall.kind == "blocking" or (stall.kind == "unknown" and named)
        waited = waited or (stall.kind == "computing" and is_released(run, stall))
        if waited and stall.where.is_user and not _is_start(run, stall):
            explained.update((one.where.file, one.where.line) for one in named)
            remedy = named[0].remedy if named else _remedy(stall)
            yield _finding(run, stall, remedy)
    for one in suspects:
        if (one.where.file, one.where.line) not in explained:
            yield one


def _is_start(run: RunFacts, stall: Stall) -> bool:
    """Whether it waited for a new thread's first moment, which a busy machine makes long."""
    is_short = stall.longest_ns < LONGEST_START_NS
    return is_short and run.passes_through(stall, "threading.py", "Thread.start")


def _covers(place: Location, lines: set[tuple[str, int]]) -> bool:
    return any((place.file, line) in lines for line in range(place.line, place.end_line + 1))


def _finding(run: RunFacts, stall: Stall, remedy: str) -> Finding:
    names = delayed_names(run, stall)
    what = short_code(stall.call) or f"{stall.where.function}()"
    inside = f" (it waited in {stall.inside.function})" if stall.inside else ""
    held = lasting(stall.held_ns, stall.count, stall.longest_ns)
    return Finding(
        rule="blocking-call",
        where=stall.where,
        message=sentences(
            [f"{what} blocked the loop {held}{inside}.", delay_sentence(stall, names)]
        ),
        remedy=remedy,
        confidence=Confidence.SEEN,
        evidence=held_evidence(stall, names),
        changes=(OffLoop(stall.where.file, stall.where.line),),
    )


def _remedy(stall: Stall) -> str:
    call = parsed_call(stall.call)
    if call is None:
        return (
            "Use an asynchronous counterpart and await it, or run the waiting part in a thread "
            "with asyncio.to_thread."
        )
    function = text_of(call.func)
    arguments = [text_of(one) for one in (*call.args, *call.keywords)]
    if function.endswith("sleep"):
        return f"Await it instead: await asyncio.sleep({', '.join(arguments)})."
    return (
        "Use an asynchronous counterpart and await it, or hand the call to a thread: await "
        f"asyncio.to_thread({', '.join([function, *arguments])})."
    )
