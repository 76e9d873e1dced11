"""``gave-up``: a rule that could not look at all of a program."""

from loopscope.analysis.rules.rule import Rule
from loopscope.model.finding import Confidence, Finding
from loopscope.model.kinds import Origin
from loopscope.model.location import Location

_EXAMPLE = """\
# Seldom: a generated expression that goes as deep as it is long.
total = first.then(a).then(b).then(c)  # and a thousand more

# Right: in parts, each of which can be followed.
step = first.then(a)
step = step.then(b)
"""
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (RecursionError, "the source is nested too deep, or goes in circles"),
    (Exception, "loopscope has a mistake there"),
)

GAVE_UP = Rule(
    name="gave-up",
    title="A rule could not be looked for to the end",
    why=(
        "A rule follows names, calls and blocks. Where they are nested deeper than it can follow, "
        "it stops, and what it would have found is not told. The other rules are not concerned."
    ),
    example=_EXAMPLE,
)


def reason_of(error: Exception) -> str:
    """Return why a rule gave up, as the end of a sentence."""
    told = next(told for kind, told in _REASONS if isinstance(error, kind))
    return told if isinstance(error, RecursionError) else f"{told} ({error!r})"


def gave_up(rule: Rule, error: Exception, file: str) -> Finding:
    """Return the finding that says so.

    Args:
        rule: The rule that failed.
        error: What it failed with.
        file: A file of the program; which one it was about, nobody knows.
    """
    return Finding(
        rule=GAVE_UP.name,
        where=Location(file, "", 1, 1, -1, -1, 1, Origin.USER),
        message=f"{rule.name} was not looked for to the end: {reason_of(error)}.",
        remedy=(
            "Divide the deepest expressions and blocks of the program; if there are none, please "
            "report it."
        ),
        confidence=Confidence.ASK,
        evidence={"gave_up": rule.name},
    )
