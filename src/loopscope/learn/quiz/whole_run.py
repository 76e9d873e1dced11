"""Questions about a run as a whole: how long, how many, at which line."""

from collections.abc import Iterator

from loopscope.analysis.critical_path import PathPart, Share
from loopscope.learn.facts.places import waited_by_line
from loopscope.learn.facts.studied import Studied
from loopscope.learn.facts.totals import milliseconds
from loopscope.learn.questions.question import Wrong
from loopscope.learn.quiz.posed import Draft
from loopscope.learn.quiz.sure import has_own_tasks_only, stands_out
from loopscope.model.records import Stall
from loopscope.model.units import format_ns

MOST_PARTS = 3
_SHARES = {
    Share.RUNNING: "running at",
    Share.READY: "ready, but the loop was held, at",
    Share.WAITING: "waiting at",
}


def about_totals(studied: Studied) -> Iterator[Draft]:
    """Ask how long it took, and why."""
    summary = studied.summary
    if not summary.loops:
        return
    total = summary.trace.total_ns
    waits = [wait.duration_ns for wait in summary.slowest if wait.kind.is_outside]
    longest = max(waits, default=0)
    wrong = [
        Wrong(
            milliseconds(sum(waits)),
            "await-stops-all",
            "That is the sum of all waits. Those of different tasks overlap, and count once.",
        ),
        Wrong(
            milliseconds(longest),
            "await-starts",
            "That is the longest wait alone. Others come before or after it.",
        ),
    ]
    if total:
        zero = "The loop waits as long as what it waits for."
        wrong.append(Wrong(("0",), "waiting-is-free", zero))
    yield Draft(
        "How long does it take, from the first step of its event loop to the last?",
        "total",
        {},
        _made_of(studied),
        tuple(wrong),
    )


def about_numbers(studied: Studied) -> Iterator[Draft]:
    """Ask how many tasks there were, how many waited at once, and what threads did."""
    if not studied.summary.loops:
        yield from _about_none()
        return
    count = len(studied.own_rows)
    names = ", ".join(dict.fromkeys(studied.names.of(one) for one in _task_ids(studied)))
    yield Draft(
        "How many tasks are there beside the main one?",
        "tasks",
        {},
        f"There are {count} in all: {names}."
        if count > 1
        else "Awaiting a coroutine makes no task; the main task goes through all of them.",
    )
    if has_own_tasks_only(studied):
        yield _about_overlap(studied, count)
    jobs = len(studied.summary.trace.jobs)
    yield _about_threads(
        f"{jobs} calls were handed to them." if jobs else "No call was handed to any thread."
    )


def _about_overlap(studied: Studied, count: int) -> Draft:
    overlap = studied.summary.overlap
    return Draft(
        "How many waits on the outside (timers, I/O, threads) are under way at once, at most?",
        "together",
        {},
        f"At {format_ns(overlap.peak_at_ns - studied.summary.trace.begin_ns)} there are "
        f"{overlap.peak_count}; over the whole run {overlap.mean_count:.1f} on average.",
        (
            Wrong(("1",), "await-stops-all", "Waits of different tasks overlap here."),
            Wrong((str(count),), "async-is-parallel", "Not every task waits at that moment."),
        ),
    )


def _about_none() -> Iterator[Draft]:
    """Ask about a program without an event loop."""
    yield Draft(
        "How many event loops does it run?",
        "loops",
        {},
        "None: nothing in it is async, and it waits in the call that waits.",
    )
    yield Draft(
        "How many tasks does it make?",
        "tasks",
        {},
        "None: a task belongs to an event loop.",
        (Wrong(("1",), "async-is-parallel", "Only asyncio.run, create_task and their like do."),),
    )
    yield _about_threads("What it calls waits in the main thread.")


def _about_threads(because: str) -> Draft:
    return Draft("How many calls does it hand to worker threads?", "threads", {}, because)


def about_lines(studied: Studied) -> Iterator[Draft]:
    """Ask at which line the loop is held, or given back."""
    stalls = studied.summary.stalls
    if stalls and _is_plain(stalls[0]) and stands_out([one.held_ns for one in stalls]):
        yield Draft(
            "Which line holds the loop, so that nobody else can run?",
            "line-that-blocks",
            {},
            f"{stalls[0].call or 'It'} holds the loop for {format_ns(stalls[0].held_ns)} in all.",
        )
    if not stands_out(list(waited_by_line(studied).values())):
        return
    yield Draft(
        "At which line does the program give control back to the loop for the longest time?",
        "line-that-waits",
        {},
        "There the innermost await has to wait; the awaits around it only pass that on.",
    )


def _is_plain(stall: Stall) -> bool:
    """Whether a reader can see it: it waits, or the program's own code computes."""
    return stall.kind == "blocking" or stall.inside is None


def _made_of(studied: Studied) -> str:
    """Say which waits and steps the total is made of."""
    path = studied.summary.loops[0].path if studied.summary.loops else None
    parts = [part for part in path.parts if part.total_ns] if path is not None else []
    if not parts:
        return "Nothing in it waits or computes for any time worth speaking of."
    return "It is made of " + ", ".join(_told(part) for part in parts[:MOST_PARTS]) + "."


def _told(part: PathPart) -> str:
    took = format_ns(part.total_ns)
    if part.share is Share.OUTSIDE or not part.where.line:
        return f"{took} {part.share.value}"
    return f"{took} {_SHARES[part.share]} line {part.where.line}"


def _task_ids(studied: Studied) -> list[int]:
    ids: list[int] = studied.summary.trace.tasks.id[list(studied.own_rows)].tolist()
    return ids
