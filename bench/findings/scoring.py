"""Scores what a tool says against the labels."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from marks import Mark, Program


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a tool says: about which lines of which program, and by which of our rules.

    ``rules`` are the rules of the suite that it could mean; none for what is about something
    else (a style, a type), which counts neither way.
    """

    file: str
    line: int
    end_line: int
    rules: frozenset[str]
    text: str = ""


@dataclass(slots=True)
class Score:
    """How many of the marks were found, and how much was said that is not so."""

    marks: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    missed: list[Mark] = field(default_factory=list)
    false_alarms: list[Said] = field(default_factory=list)
    true_alarms: int = 0

    @property
    def recall(self) -> float:
        """Which part of the marks was found."""
        return self.found.total() / max(self.marks.total(), 1)

    @property
    def precision(self) -> float:
        """Which part of what was said is so; 1 where nothing was said."""
        said = self.true_alarms + len(self.false_alarms)
        return self.true_alarms / said if said else 1.0


def score(programs: Sequence[Program], said: Iterable[Said]) -> Score:
    """Compare what was said with what is marked.

    A finding hits a mark if it is about the rule and touches the statement of one of its lines.
    """
    result = Score()
    by_file: dict[str, list[Said]] = {}
    for one in said:
        by_file.setdefault(one.file, []).append(one)
    for program in programs:
        mine = by_file.get(program.path.name, [])
        for mark in program.marks:
            result.marks[mark.rule] += 1
            if any(_hits(one, mark, program) for one in mine):
                result.found[mark.rule] += 1
            else:
                result.missed.append(mark)
        for one in mine:
            _count(one, program, result)
    return result


def _count(one: Said, program: Program, result: Score) -> None:
    if not one.rules:
        return
    if any(_hits(one, mark, program) for mark in program.marks):
        result.true_alarms += 1
    elif not any(_hits(one, mark, program) for mark in program.accepted):
        result.false_alarms.append(one)
        for rule in sorted(one.rules)[:1]:
            result.false[rule] += 1


def _hits(one: Said, mark: Mark, program: Program) -> bool:
    if mark.rule not in one.rules:
        return False
    said = range(one.line, max(one.end_line, one.line) + 1)
    for line in mark.lines:
        statement = program.span(line)
        if line in said or (len(said) == 1 and one.line in statement):
            return True
    return False
