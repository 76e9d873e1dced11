"""Reads the labels of the suite: what is wrong in a program, where, and what only looks wrong.

    x = slow()        # expect: blocking-call           a finding of this rule belongs here
    first = await a() # expect: sequential-awaits=page  one finding for all lines of this name
    y = fine()        # right: blocking-call            looks like it, and is right
    z = odd()         # accept: polling                 a matter of taste: counts neither way

Whatever a tool says about any other line is a false alarm.
"""

import ast
import io
import re
import tokenize
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"
STAND_INS = HERE / "stand_ins" / "site-packages"

_LABEL = re.compile(r"(expect|right|accept): ((?:[a-z-]+(?:=\w+)?(?:, )?)+)")
_HOW = re.compile(r"^# how: (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mark:
    """One mistake: a finding of ``rule`` that touches any of these lines has found it."""

    file: str
    rule: str
    lines: frozenset[int]


@dataclass(slots=True)
class Program:
    """One program of the suite and its labels."""

    path: Path
    how: list[str]
    """Arguments of loopscope that run it."""
    marks: list[Mark] = field(default_factory=list)
    right: list[Mark] = field(default_factory=list)
    accepted: list[Mark] = field(default_factory=list)
    spans: dict[int, range] = field(default_factory=dict)
    """The lines of the simple statement, or the head of the compound one, that covers a line."""

    def span(self, line: int) -> range:
        """Return the lines of the statement at a line."""
        return self.spans.get(line, range(line, line + 1))


def read_suite() -> list[Program]:
    """Return all programs, by name."""
    return [read_program(path) for path in sorted(PROGRAMS.glob("*.py"))]


def read_program(path: Path) -> Program:
    """Return a program with its labels.

    Raises:
        ValueError: It does not say how it is run.
    """
    text = path.read_text()
    how = _HOW.search(text)
    if how is None:
        raise ValueError(f"{path.name} has no line '# how: run' or '# how: simulate ...'")
    program = Program(path, how[1].split())
    program.spans = _spans(ast.parse(text))
    kept = {"expect": program.marks, "right": program.right, "accept": program.accepted}
    named: dict[tuple[str, str, str], set[int]] = {}
    for line, kind, label in _labels(text):
        rule, _, name = label.partition("=")
        named.setdefault((kind, rule, name or f"line {line}"), set()).add(line)
    for (kind, rule, _), lines in named.items():
        kept[kind].append(Mark(path.name, rule, frozenset(lines)))
    return program


def _labels(text: str) -> list[tuple[int, str, str]]:
    found = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            found += [
                (token.start[0], match[1], label)
                for match in _LABEL.finditer(token.string)
                for label in match[2].split(", ")
                if label
            ]
    return found


def _spans(tree: ast.Module) -> dict[int, range]:
    spans: dict[int, range] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt):
            continue
        body = getattr(node, "body", None)
        last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
        for line in range(node.lineno, max(last, node.lineno) + 1):
            spans[line] = range(node.lineno, max(last, node.lineno) + 1)
    return spans
