"""``lock-over-await``: a lock is kept over a wait, and others stand in line for it."""

import ast
from collections import Counter
from collections.abc import Iterator

from loopscope.analysis.contention import Contention
from loopscope.analysis.rules.holding import holdings, longest_wait, most_at_once
from loopscope.analysis.rules.rule import Rule
from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.analysis.rules.words import short_code
from loopscope.model.changes import Limit
from loopscope.model.finding import Confidence, Finding
from loopscope.model.kinds import WaitKind
from loopscope.model.location import Location
from loopscope.model.units import counted, format_ns
from loopscope.source.independence.words import CLOCKS, SINGLE_NAMES, SLEEPS
from loopscope.source.project import Project, location_of
from loopscope.source.scopes import Function
from loopscope.source.single_use import SINGLE_USE
from loopscope.source.syntax import last_name, text_of

LEAST_WAITED_NS = 10_000_000
"""Less time than this in line, of all tasks together, is not worth a word."""

_THREAD_LOCKS = {
    "threading.Lock": (
        "a second task that wants it blocks the whole loop, and the first can then never give it "
        "back"
    ),
    "threading.RLock": (
        "it keeps threads out, but no task: all tasks are on the loop's thread, which has it "
        "already"
    ),
}
_EXAMPLE = """\
# Wrong: one slow answer, and everybody waits in line.
async with self.lock:
    if key not in self.known:
        self.known[key] = await fetch(key)

# Right: wait outside, take the lock only to change what it guards.
value = await fetch(key)
async with self.lock:
    self.known.setdefault(key, value)
"""
_REMEDY = (
    "Wait before or after, and hold the lock only to read or change what it guards; or have one "
    "lock for each thing that is guarded, so that different ones do not wait for each other."
)
_NEEDED = (
    "{} does one thing at a time, so a lock is right; several of them (a pool) would make the line "
    "shorter."
)

_PACE = (
    "Where the lock keeps a pace, as a limit of requests a second does, the line is what it is "
    "for: leave it. Else take the lock only to work the pause out, and sleep without it."
)
_ONE_SLOT = (
    "This semaphore lets in one at a time, as a lock does: let in as many as what is behind it can "
    "take, or wait before or after, and hold it only for what must not be done twice at once."
)
_CLOCKS = {*CLOCKS, "asyncio.AbstractEventLoop.time"}


def _in_source(project: Project) -> Iterator[Finding]:
    """Yield awaits under a lock of the threading module: two tasks that meet there stop the loop.

    A lock of asyncio over an await may be just what is needed; only a run shows what it costs.
    """
    for module in project.modules.values():
        for function in module.functions:
            for block in function.each(ast.With):
                locks = [item.context_expr for item in block.items]
                for lock in locks:
                    harm = _THREAD_LOCKS.get(project.type_of(lock, function))
                    if harm:
                        yield from _awaits_under(function, block, text_of(lock), harm)


def _awaits_under(function: Function, block: ast.With, lock: str, harm: str) -> Iterator[Finding]:
    for wait in function.each(ast.Await):
        if block.lineno < wait.lineno and wait.lineno <= (block.end_lineno or wait.lineno):
            yield Finding(
                rule="lock-over-await",
                where=location_of(wait, function),
                message=f"{lock} is a lock for threads and is held over this await: {harm}.",
                remedy="Use an asyncio.Lock (async with), or give the lock back before the wait.",
                confidence=Confidence.LIKELY,
                evidence={"lock": lock},
            )
            return


def _in_run(run: RunFacts, suspects: list[Finding]) -> Iterator[Finding]:
    for one in run.summary.contention:
        if one.waited_ns >= LEAST_WAITED_NS and _is_lock(run, one):
            place = _held_over(run, one)
            if place is not None and place.is_user:
                yield _finding(run, one, place)
    yield from suspects


def _is_lock(run: RunFacts, one: Contention) -> bool:
    """Whether one task at a time had it: a lock, or a semaphore of 1."""
    if one.kind is WaitKind.SEMAPHORE:
        return most_at_once(holdings(run.timeline, one)) == 1
    return one.kind is WaitKind.LOCK


def _held_over(run: RunFacts, one: Contention) -> Location | None:
    """Return the await over which the lock was held longest, in the function that took it."""
    timeline = run.timeline
    takers = _taking_functions(run, one)
    times: Counter[Location] = Counter()
    for holding in holdings(timeline, one):
        step = longest_wait(timeline, holding)
        if step >= 0:
            stack = run.trace.words.stack(int(timeline.wait_stack[step]))
            own = [place for place in stack if (place.file, place.function) in takers]
            users = [place for place in stack if place.is_user]
            if own or users:
                times[(own or users)[-1]] += holding.end_ns - holding.begin_ns
    return times.most_common(1)[0][0] if times else None


def _taking_functions(run: RunFacts, one: Contention) -> set[tuple[str, str]]:
    nodes = set(run.timeline.wait_stack[one.step_indexes].tolist())
    places = [run.trace.words.user_location(node) for node in nodes]
    return {(place.file, place.function) for place in places}


def _line_words(one: Contention) -> str:
    if one.waits_count == 1:
        return format_ns(one.waited_ns)
    return (
        f"{format_ns(one.waited_ns)} in all, up to {one.peak_waiting_count:,} at once, "
        f"{format_ns(one.longest_ns)} at the longest"
    )


def _guarded(run: RunFacts, place: Location) -> str:
    """Return what does one thing at a time and is used under the lock, "" if there is none."""
    function = run.project.function_at(place.file, place.line)
    if function is None:
        return ""
    uses: list[ast.Attribute | ast.Name] = [*function.each(ast.Attribute), *function.each(ast.Name)]
    for block in function.each(ast.AsyncWith):
        if block.lineno <= place.line <= (block.end_lineno or block.lineno):
            inside = {node for statement in block.body for node in ast.walk(statement)}
            for used in uses:
                if used in inside and _is_single(run.project, used, function):
                    return text_of(used)
    return ""


def _is_single(project: Project, used: ast.Attribute | ast.Name, function: Function) -> bool:
    kind = project.type_of(used, function)
    return kind in SINGLE_USE if kind else last_name(used) in SINGLE_NAMES


def _keeps_pace(run: RunFacts, place: Location) -> bool:
    """Whether a wait is a sleep for a time that was worked out from a clock: a limit of a rate."""
    function = run.project.function_at(place.file, place.line)
    if function is None:
        return False
    sleeps = [
        wait.value
        for wait in function.each(ast.Await)
        if wait.lineno == place.line and isinstance(wait.value, ast.Call)
    ]
    return any(
        run.project.target(one, function) in SLEEPS
        and bool(one.args)
        and not isinstance(one.args[0], ast.Constant)
        for one in sleeps
    ) and any(run.project.target(one, function) in _CLOCKS for one in function.each(ast.Call))


def _remedy(one: Contention, guarded: str, *, is_pace: bool) -> str:
    if guarded:
        return _NEEDED.format(guarded)
    if is_pace:
        return _PACE
    return _ONE_SLOT if one.kind is WaitKind.SEMAPHORE else _REMEDY


def _finding(run: RunFacts, one: Contention, place: Location) -> Finding:
    code = short_code(run.trace.words.source_text(place))
    guarded = _guarded(run, place)
    is_pace = not guarded and _keeps_pace(run, place)
    return Finding(
        rule="lock-over-await",
        where=place,
        message=(
            f"{one.name} is held while {code} waits: {counted(one.tasks_count, 'task')} stood in "
            f"line for it for {_line_words(one)}."
        ),
        remedy=_remedy(one, guarded, is_pace=is_pace),
        confidence=Confidence.ASK if guarded or is_pace else Confidence.SEEN,
        evidence={
            "lock": one.name,
            "taken_at": one.where.short,
            "held_over": code,
            "tasks": one.tasks_count,
            "waits": one.waits_count,
            "waited_s": one.waited_ns / 1e9,
            "longest_s": one.longest_ns / 1e9,
            "peak_waiting": one.peak_waiting_count,
        },
        changes=() if is_pace else (Limit(one.name, one.tasks_count + 1),),
    )


LOCK_OVER_AWAIT = Rule(
    name="lock-over-await",
    title="A lock is held while something else is waited for",
    why=(
        "A lock lets one task in at a time. Whoever waits for something while holding it makes "
        "all the others wait for that, too, one after another."
    ),
    example=_EXAMPLE,
    in_source=_in_source,
    in_run=_in_run,
)
