"""The sentences of the narrated sequence, as pieces, without a look at the trace."""

from collections.abc import Sequence
from dataclasses import dataclass

from loopscope.analysis.awaiting import Awaited
from loopscope.analysis.events import Code, Duration, Piece, Who
from loopscope.analysis.names import plain_function
from loopscope.analysis.wakes import Cause
from loopscope.model.kinds import StepEnd, WaitKind, WakeKind
from loopscope.model.location import Location
from loopscope.model.records import Failure

MOST_NAMED = 3
_LONGEST_CODE = 48
_END_OF = "the end of "


@dataclass(frozen=True, slots=True)
class Wake:
    """Somebody wakes a task; wakes with the same ``key`` are told together."""

    time_ns: int
    cause: Cause
    awaited: Awaited
    who: Who
    step: int
    late_ns: int
    cancels: bool
    is_timeout: bool
    by_failure: bool

    @property
    def key(self) -> tuple[WakeKind, int, bool, Location | None, str, bool, bool]:
        """What wakes that are told together have in common."""
        cause = self.cause
        by_end = cause.is_end and self.awaited.kind is WaitKind.TASK
        phrase = self.awaited.phrase
        task = cause.task_id
        return cause.kind, task, by_end, cause.function, phrase, self.cancels, self.is_timeout

    @property
    def actor(self) -> str:
        """Who wakes."""
        return actor_of(self.cause)


def actor_of(cause: Cause) -> str:
    """Return who is said to have done what a cause did."""
    if cause.name:
        return cause.name
    if cause.kind is WakeKind.STEP:
        return "callback"
    names = {WakeKind.TIMER: "timer", WakeKind.IO: "I/O", WakeKind.THREAD: "thread"}
    return names.get(cause.kind, "outside")


def wake_pieces(wakes: Sequence[Wake], tell_late_ns: int) -> list[Piece]:
    """Tell equal wakes: by what, of whom, and what they had waited for."""
    first = wakes[0]
    pieces: list[Piece] = list(_by_what(first))
    late = max(wake.late_ns for wake in wakes)
    if first.cause.kind is WakeKind.TIMER and late >= tell_late_ns:
        pieces = ["is due, noticed ", Duration(late), " late: "]
    if first.is_timeout:
        return [*pieces, "cancels what ", *people([wake.who for wake in wakes]), " waits for"]
    pieces.append("cancels " if first.cancels else "wakes ")
    pieces += people([wake.who for wake in wakes])
    phrase = first.awaited.phrase
    if len(wakes) > 1 and phrase.startswith("its "):
        phrase = f"their {phrase[4:]}"
    if not phrase.startswith(_END_OF):
        pieces.append(f" ({phrase})")
    return pieces


def _by_what(wake: Wake) -> Sequence[Piece]:
    cause = wake.cause
    function = cause.function
    by: Sequence[Piece] = ()
    if cause.kind is WakeKind.TIMER:
        by = ("is due: ",)
    elif cause.kind is WakeKind.IO:
        by = ("arrives: ",)
    elif cause.kind is WakeKind.THREAD:
        by = ("has finished ", Code(plain_function(function)), ": ") if function else ("reports: ",)
    elif function is not None and not function.function.startswith("_"):
        by = (Code(f"{plain_function(function)}()"), " ")
    elif cause.is_end and wake.by_failure:
        by = ("by its failure ",)
    elif cause.is_end and wake.awaited.kind is WaitKind.TASK:
        by = ("by its end ",)
    return by


def people(who: Sequence[Who]) -> list[Piece]:
    """Name the first few of some tasks and count the rest."""
    pieces: list[Piece] = []
    named = who if len(who) <= MOST_NAMED + 1 else who[:MOST_NAMED]
    for at, one in enumerate(named):
        if at:
            pieces.append(" and " if at == len(who) - 1 else ", ")
        pieces.append(one)
    if len(named) < len(who):
        pieces.append(f" and {len(who) - len(named):,} more")
    return pieces


def suspension_pieces(awaited: Awaited) -> list[Piece]:
    """Tell that a task is suspended: what it awaits, and where."""
    where: list[Piece] = [" at ", awaited.where] if awaited.where.line else []
    if awaited.kind is WaitKind.YIELD:
        return ["lets the others run first", *where, ": stays ready"]
    code = awaited.code
    if not code or code.startswith("async "):
        is_told = code and awaited.kind is not WaitKind.TASK
        inside: list[Piece] = [" (", Code(_cut(code)), ")"] if is_told else []
        return [f"waits for {awaited.phrase}", *inside, *where, ": suspended"]
    pieces: list[Piece] = ["awaits ", Code(_cut(code)), *where]
    if awaited.caller is not None and awaited.caller.file == awaited.where.file:
        pieces.append(f", called from line {awaited.caller.line}")
    pieces.append(": suspended")
    if awaited.kind is not WaitKind.SLEEP and awaited.label not in code:
        pieces.append(f", waits for {awaited.phrase}")
    return pieces


def end_pieces(how: StepEnd, failure: Failure | None) -> list[Piece]:
    """Tell how a task ends."""
    if how is not StepEnd.RAISED:
        return ["ends: returned" if how is StepEnd.RETURNED else "ends: cancelled"]
    if failure is None:
        return ["ends: raised an exception"]
    message = f": {_cut(failure.message)}" if failure.message else ""
    where: list[Piece] = [" at ", failure.where] if failure.where else []
    return [f"ends: raised {failure.exception}{message}", *where]


def _cut(code: str) -> str:
    """Shorten a piece of source: of a long call only what is called."""
    if len(code) <= _LONGEST_CODE:
        return code
    called = code.partition("(")[0]
    if code.endswith(")") and len(called) <= _LONGEST_CODE:
        return f"{called}(...)"
    return f"{code[: _LONGEST_CODE - 3]}..."
