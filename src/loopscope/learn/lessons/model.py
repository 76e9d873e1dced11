"""What a lesson is made of, as its folder describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from loopscope.learn.beliefs import Belief


class Reason(StrEnum):
    """Why a program is refused, in the order in which it is looked at: the first one is told."""

    CRASHED = "crashed"
    """It raises where the key does not, or something else than the key."""
    STUCK = "stuck"
    """It is deadlocked, or goes on for ever."""
    LOST = "lost"
    """A coroutine is never awaited, or an exception never retrieved."""
    BLOCKED = "blocked"
    """It holds the loop for longer than it may."""
    TOO_SLOW = "too-slow"
    """It takes longer than it may."""
    TOO_QUICK = "too-quick"
    """It takes less time than the work needs: it does not do it."""
    OTHER_RESULT = "other-result"
    """It returns something else than the key in the same world."""
    OTHER_OUTPUT = "other-output"
    """It prints other lines than the key in the same world."""
    OTHERWISE = "otherwise"
    """One of the expressions that are compared (``also``) has another value than with the key."""
    SWALLOWED = "swallowed"
    """A cancellation does not come out, or leaves something behind."""
    NOT_TYPED = "not-typed"
    """``mypy --strict`` finds something."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The world that a program is run in.

    ``costs`` are as for ``loopscope simulate --cost``; they never measure, so that every run can
    be repeated.
    """

    world: Path | None
    costs: tuple[str, ...]
    cpus: int


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """An answer as somebody would type it who holds a belief, and what speaks against it."""

    answer: str
    belief: str
    says: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of an exercise. The right answer is a ``fact`` of the run, never written here.

    ``arguments`` are what the fact needs beside the run (which lines, how many, which time).
    """

    id: str
    ask: str
    fact: str
    arguments: Mapping[str, object]
    because: str
    wrong: tuple[WrongAnswer, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """A place in a reviewed program where somebody wrote what is not so.

    ``quote`` is the text there; it stands in the program once. ``claim`` is the fact that refutes
    it, and must hold in the run; ``beliefs`` are the wrong claims offered beside it.
    """

    quote: str
    claim: str
    beliefs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """A run, or many, that a learner's program must stand, beside the key in the same world.

    Attributes:
        name: What it is called in messages.
        call: An expression in the program's module whose value is awaited and compared; "" runs
            the program as a script and compares what it prints.
        setting: Its world.
        seeds: How many worlds: seeds 0, 1, 2 ...
        least_ns: It may not take less time than this.
        most_ns: It may not take more.
        blocked_ns: It may not hold the loop for longer than this in all; None where it may.
        also: Expressions that must have the same value as with the key, by name.
        is_cancelled_anywhere: Whether every task is cancelled at every suspension in turn.
    """

    name: str
    call: str
    setting: Setting
    seeds: int
    least_ns: int
    most_ns: int
    blocked_ns: int | None
    also: Mapping[str, str]
    is_cancelled_anywhere: bool


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a learner is told beside the numbers: the belief behind it, and what to look at."""

    belief: str
    says: str


@dataclass(frozen=True, slots=True)
class WrongProgram:
    """A program that many would hand in, and why it must be refused: for this reason, exactly."""

    file: Path
    reason: Reason


Variation = tuple[tuple[str, str], ...]
"""Texts of a program with what stands in their place when it is asked again."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise: something to read, to answer, to change.

    ``files`` are what the program needs beside itself; the learner gets them too. ``key`` is None
    where there is nothing to change; the programs in ``right`` must pass as it does. ``feedback``
    has a text for each reason that needs one.
    ``variations`` give the program new numbers when its questions are asked again.
    """

    id: str
    folder: Path
    title: str
    level: int
    text: str
    program: Path
    files: tuple[Path, ...]
    setting: Setting
    questions: tuple[Asked, ...]
    remarks: tuple[Remark, ...]
    key: Path | None
    right: tuple[Path, ...]
    trials: tuple[Trial, ...]
    is_typed: bool
    starter: Reason | None
    wrong: tuple[WrongProgram, ...]
    feedback: Mapping[Reason, Feedback]
    hints: tuple[str, ...]
    why: str
    variations: tuple[Variation, ...]

    def plain(self) -> "Exercise":
        """Return it without the known wrong answers, which belong to its own numbers."""
        return replace(self, questions=tuple(replace(one, wrong=()) for one in self.questions))

    def varied(self, number: int) -> str:
        """Return the program with the numbers of a variation, counted from 0 and round again."""
        text = self.program.read_text("utf-8")
        if self.variations:
            for old, new in self.variations[number % len(self.variations)]:
                text = text.replace(old, new)
        return text


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson: the belief to refute, where prediction and behaviour part, the essence.

    ``beliefs`` holds the common ones and its own by name.
    """

    id: str
    folder: Path
    title: str
    belief: str
    gap: str
    essence: str
    exercises: tuple[Exercise, ...]
    beliefs: Mapping[str, Belief]
