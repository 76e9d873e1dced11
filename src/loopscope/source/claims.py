"""Finds what comments and docstrings claim about how code runs: together, in threads, on cores."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from loopscope.source.project import Project
from loopscope.source.scopes import Function, Module

LONGEST_QUOTE: Final = 120


class ClaimKind(Enum):
    """What is claimed."""

    TOGETHER = "together"
    THREAD = "thread"
    CORES = "cores"


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence about how some code runs.

    ``line`` is where the telling words stand; ``first_line`` to ``last_line`` of ``function`` is
    the code that it speaks of.
    """

    kind: ClaimKind
    quote: str
    is_docstring: bool
    function: Function
    line: int
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class _Text:
    """A comment or docstring as lines, with the code it is about."""

    lines: tuple[tuple[int, str], ...]
    function: Function
    first_line: int
    last_line: int
    is_docstring: bool = False


_WORDS: Final = {
    ClaimKind.CORES: re.compile(
        r"\b(?:(?:multiple|several|all|many|different|separate|other|both|available)\s+)+"
        r"(?:cpu\s+|processor\s+)?(?:cores|processors|cpus)\b|\bmulti-?core\b",
        re.IGNORECASE,
    ),
    ClaimKind.THREAD: re.compile(
        r"\b(?:separate|own|another|background|worker|different|multiple|several|parallel)\s+threads?\b"
        r"|\bthread\s?-?pool\b|\bin\s+(?:a\s+)?threads?\b|\bmulti-?threaded\b",
        re.IGNORECASE,
    ),
    ClaimKind.TOGETHER: re.compile(
        r"\b(?:in\s+parallel|concurrently|at\s+the\s+same\s+time|simultaneously)\b"
        r"(?!\s+(?:as|to|with\s+(?:all|an?|each|it|its|others?|the|this)\b)\b)",  # beside what
        re.IGNORECASE,
    ),
}
# A sentence with one of these denies, wishes, limits or asks; it claims nothing that can be false.
_NO_CLAIM: Final = re.compile(
    r"\b(?:not|never|no|nor|none|nothing|without|instead|unlike|rather|would|could|should|may|might|can"
    r"|cannot|unless|if|until|whether|must|todo|fixme|xxx|at most|up to|limit\w*|max\w*|only|but"
    r"|than|wrong|lock|avoid\w*|prevent\w*|allow\w*|let|lets|want\w*|to be)\b|n't\b|\?",
    re.IGNORECASE,
)
_SENTENCE_END: Final = re.compile(r"[.;!:](?:\s|$)|\?")


def claims_of(project: Project) -> Iterator[Claim]:
    """Yield the claims of a project, in the order of the source."""
    for module in project.modules.values():
        for text in (*_comments(project, module), *_docstrings(module)):
            yield from _claims(text)


def _claims(text: _Text) -> Iterator[Claim]:
    whole = "\n".join(words for _, words in text.lines)
    begin = 0
    for end in [*(match.end() for match in _SENTENCE_END.finditer(whole)), len(whole)]:
        sentence = whole[begin:end]
        if not _NO_CLAIM.search(sentence):
            for kind, pattern in _WORDS.items():
                found = pattern.search(sentence)
                if found:
                    at = whole.count("\n", 0, begin + found.start())
                    quote = " ".join(sentence.split())[:LONGEST_QUOTE]
                    line = text.lines[at][0]
                    yield Claim(
                        kind,
                        quote,
                        text.is_docstring,
                        text.function,
                        line,
                        text.first_line,
                        text.last_line,
                    )
        begin = end


def _docstrings(module: Module) -> Iterator[_Text]:
    for function in module.functions:
        node = function.node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        first = node.body[0]
        if (
            isinstance(first, ast.Expr)
            and isinstance(first.value, ast.Constant)
            and isinstance(first.value.value, str)
        ):
            said = first.value.value.split("\n")
            lines = tuple((first.lineno + at, words) for at, words in enumerate(said))
            last = node.end_lineno or node.lineno
            yield _Text(lines, function, node.lineno, last, is_docstring=True)


def _comments(project: Project, module: Module) -> Iterator[_Text]:
    """Yield comments with the code they stand beside or above."""
    comments = project.comments(module.file)
    source = module.text.split("\n")
    block: list[tuple[int, str]] = []
    for number, comment in sorted(comments.items()):
        words = comment.lstrip("#").strip()
        if not source[number - 1].lstrip().startswith("#"):
            function = module.function_at(number)
            yield _Text(((number, words),), function, number, number)
            continue
        if block and block[-1][0] != number - 1:
            yield from _above(module, source, block, comments)
            block = []
        block.append((number, words))
    if block:
        yield from _above(module, source, block, comments)


def _above(
    module: Module, source: list[str], block: list[tuple[int, str]], comments: Mapping[int, str]
) -> Iterator[_Text]:
    """Yield a block of comments with the paragraph below it: up to a blank line or less indent."""
    indent = _indent(source[block[0][0] - 1])
    first = block[-1][0] + 1
    while first <= len(source) and not source[first - 1].strip():
        first += 1
    last = first
    while last <= len(source) and _goes_on(source[last - 1], indent, last in comments):
        last += 1
    if last > first:
        function = module.function_at(first)
        yield _Text(tuple(block), function, first, last - 1)


def _goes_on(line: str, indent: int, has_comment: bool) -> bool:
    is_comment = has_comment and line.lstrip().startswith("#")
    return bool(line.strip()) and _indent(line) >= indent and not is_comment


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
