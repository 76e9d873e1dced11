"""The answer to "may these awaits run together", one sentence a step."""

from dataclasses import dataclass, field
from enum import IntEnum

from loopscope.source.independence.candidates import Candidate


class Level(IntEnum):
    """How sure it is that awaits do not need their order."""

    NO = 0
    """They need it, or running them together brings nothing."""
    ASK = 1
    """Only the author can know."""
    LIKELY = 2
    """Nothing in the source speaks against it."""
    VERIFIED = 3
    """Runs of the original and of the rewrite were compared; only ``loopscope fix`` does that."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one step of the procedure found."""

    name: str
    level: Level
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The level that all steps allow, with their reasons.

    ``candidate`` is None where the lines hold no awaits that wait for each other.
    ``is_at_most`` says that a gain is "up to": the awaits share a host, a pool or a limit.
    ``is_about_lines`` says that nothing but the order of what they print speaks against it.
    """

    level: Level
    steps: tuple[Step, ...]
    candidate: Candidate | None = None
    is_at_most: bool = False
    is_about_lines: bool = False

    @property
    def reason(self) -> str:
        """The sentence of the step that decided."""
        lowest = [step for step in self.steps if step.level == self.level]
        return lowest[0].sentence if lowest else ""


STEPS = ("shape", "data", "shared objects", "effects", "failure order", "worth it", "capacity")


@dataclass(slots=True)
class Notes:
    """Collects what steps object to; a step without objections passed."""

    objections: list[Step] = field(default_factory=list)

    def object(self, step: str, level: Level, sentence: str) -> None:
        """Note that a step allows no more than a level."""
        self.objections.append(Step(step, level, sentence))

    @property
    def level(self) -> Level:
        """What all objections together allow."""
        return min((one.level for one in self.objections), default=Level.LIKELY)

    def steps(self, passed: dict[str, str]) -> tuple[Step, ...]:
        """Return one step of each name: its gravest objection, or what it says when it passes."""
        found = []
        for name in STEPS:
            mine = [one for one in self.objections if one.name == name]
            if mine:
                found.append(min(mine, key=lambda one: one.level))
            elif name in passed:
                found.append(Step(name, Level.LIKELY, passed[name]))
        return tuple(found)
