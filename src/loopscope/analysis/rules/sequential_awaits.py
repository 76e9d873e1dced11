"""``sequential-awaits``: awaits that follow each other and do not need to."""

from collections.abc import Iterator
from typing import Final

from loopscope.analysis.rules.rule import Rule
from loopscope.analysis.rules.sequential_awaits_run import together_in_run
from loopscope.analysis.rules.words import named
from loopscope.model.changes import Together
from loopscope.model.finding import Confidence, Finding
from loopscope.model.kinds import Origin
from loopscope.model.location import Location
from loopscope.source.in_tests import is_test
from loopscope.source.independence.candidates import Candidate, Kind
from loopscope.source.independence.decide import decide_all
from loopscope.source.independence.pairs import THEY_PRINT
from loopscope.source.independence.shape import shown
from loopscope.source.independence.verdict import Level, Verdict
from loopscope.source.project import Project
from loopscope.source.syntax import text_of

RULE: Final = "sequential-awaits"

_EXAMPLE = """\
# Wrong: the second request begins when the first has its answer.
user = await fetch_user(number)
orders = await fetch_orders(number)

# Right: both are under way at once.
user, orders = await asyncio.gather(fetch_user(number), fetch_orders(number))
"""

_REMEDIES: Final = {
    Kind.STATEMENTS: "Run them together: results = await asyncio.gather(first(), second()).",
    Kind.EXPRESSION: "Await them together first, with asyncio.gather(), and use the results here.",
    Kind.GATHER_ARGUMENT: (
        "Move this await into a coroutine of its own that awaits both in turn, and give that to "
        "gather(): arguments are worked out before gather() begins."
    ),
    Kind.LOOP: (
        "Let the rounds run together: asyncio.gather() over the items, with a Semaphore if there "
        "may be many."
    ),
    Kind.COMPREHENSION: (
        "Give the calls to asyncio.gather() without awaiting each, with a Semaphore if there may "
        "be many items."
    ),
}


def _in_source(project: Project) -> Iterator[Finding]:
    """Yield awaits that source alone shows to be independent; not those of tests.

    A test tells a story, one step after the other. Where only the order of what they print speaks
    against it, that is a question.
    """
    for verdict in decide_all(project):
        is_told = verdict.level is Level.LIKELY or verdict.is_about_lines
        candidate = verdict.candidate
        if is_told and candidate is not None and not is_test(candidate.function):
            yield _finding(verdict, candidate)


def _finding(verdict: Verdict, candidate: Candidate) -> Finding:
    first_line, last_line = candidate.lines
    function = candidate.function
    return Finding(
        rule=RULE,
        where=Location(
            file=function.module.file,
            function=function.qualname,
            line=first_line,
            end_line=last_line,
            column=getattr(candidate.branches[0].node, "col_offset", -1),
            end_column=-1,
            first_line=function.line,
            origin=Origin.USER,
        ),
        message=_message(candidate),
        remedy=_remedy(verdict, candidate),
        confidence=Confidence.ASK if verdict.is_about_lines else Confidence.LIKELY,
        is_at_most=verdict.is_at_most or candidate.kind is Kind.GATHER_ARGUMENT,
        evidence={
            "shape": candidate.kind.value,
            "calls": [text_of(branch.call)[:80] for branch in candidate.branches],
            "steps": {step.name: step.sentence for step in verdict.steps},
        },
        changes=(_change(candidate),),
    )


def _remedy(verdict: Verdict, candidate: Candidate) -> str:
    remedy = _REMEDIES[candidate.kind]
    if verdict.is_about_lines:
        return f"If the order of what they print does not matter: {remedy[0].lower()}{remedy[1:]}"
    prints = any(step.sentence == THEY_PRINT for step in verdict.steps)
    return f"{remedy} What they print will come in another order." if prints else remedy


def _change(candidate: Candidate) -> Together:
    """Return what a what-if would try: of a loop all its lines, so that its rounds are seen."""
    first, last = candidate.lines
    if candidate.repeat is not None:
        first = candidate.repeat.lineno
        last = candidate.repeat.end_lineno or last
    return Together(candidate.function.module.file, first, last)


def _message(candidate: Candidate) -> str:
    names = list(dict.fromkeys(shown(branch) for branch in candidate.branches))
    calls = named(names)
    if candidate.kind is Kind.LOOP:
        return f"Every round waits for {calls} before the next one begins, and needs nothing of it."
    if candidate.kind is Kind.COMPREHENSION:
        return f"Every item waits for {calls} of the item before, and needs nothing of it."
    if candidate.kind is Kind.GATHER_ARGUMENT:
        first = shown(candidate.branches[0])
        return (
            f"gather() begins only when {first} in its arguments is over; none of the others "
            "needs it."
        )
    if len(names) == 1:
        calls = f"{len(candidate.branches)} calls of {calls}"
    if len(candidate.branches) == 2:  # noqa: PLR2004  ("neither" of two, "none" of more)
        return f"{calls} are awaited one after the other, and neither needs what the other gives."
    return f"{calls} are awaited one after the other, and none needs what another one gives."


SEQUENTIAL_AWAITS = Rule(
    name=RULE,
    title="Awaits in turn that could run together",
    why=(
        "await waits until one thing is over. What follows has not even begun; where it does not "
        "need the result, both could be under way at once."
    ),
    example=_EXAMPLE,
    in_source=_in_source,
    in_run=together_in_run,
)
