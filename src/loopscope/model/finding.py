"""A finding: what a rule says is wrong, where, how sure it is, and what it costs."""

from dataclasses import dataclass, field
from enum import IntEnum

from loopscope.model.changes import Change
from loopscope.model.location import Location


class Confidence(IntEnum):
    """How sure a finding is. The values are those of ``--json``."""

    NO = 0
    """Looked at and found right, or refuted by the run; shown only on request."""
    ASK = 1
    """Only the author can know; phrased as a question."""
    LIKELY = 2
    """The most that source alone can say."""
    SEEN = 3
    """A run showed it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says about one place.

    ``message`` is one sentence with the evidence in numbers, ``remedy`` says what to change here.
    ``saves_ns`` is the time at stake as the what-if predicts it, None where nothing predicts it;
    ``is_at_most`` marks a prediction that rests on capacity nobody measured ("up to").
    ``evidence`` holds the same facts for programs: numbers in their unit (``_s`` for seconds),
    quoted text, task names, lines. ``changes`` are what a what-if would try, for ``saves_ns``.
    """

    rule: str
    where: Location
    message: str
    remedy: str
    confidence: Confidence
    saves_ns: int | None = None
    is_at_most: bool = False
    evidence: dict[str, object] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
