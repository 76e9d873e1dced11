"""Pieces of sentences that the messages of several rules share."""

import ast
from collections.abc import Iterable, Sequence

from loopscope.model.units import format_ns
from loopscope.source.read_module import read_expression

MOST_NAMED = 3
LONGEST_CODE = 72


def named(names: Sequence[str]) -> str:
    """Return ``a, b and c``; of more than three, the first ones and how many more there are."""
    shown = list(names[:MOST_NAMED])
    rest = len(names) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {rest:,} more"
    if len(shown) < 2:  # noqa: PLR2004  (what "and" needs)
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def times(count: int) -> str:
    """Return ``once``, or ``1,200 times``."""
    return "once" if count == 1 else f"{count:,} times"


def in_all(ns: int, count: int) -> str:
    """Return ``400 ms``, or ``1.2 s in all`` for the sum of several."""
    return format_ns(ns) if count == 1 else f"{format_ns(ns)} in all"


def lasting(total_ns: int, count: int, longest_ns: int) -> str:
    """Return ``for 400 ms``, or ``12 times, for 1.2 s in all, 300 ms at the longest``."""
    if count == 1:
        return f"for {format_ns(total_ns)}"
    longest = format_ns(longest_ns)
    return f"{times(count)}, for {in_all(total_ns, count)}, {longest} at the longest"


def short_code(text: str) -> str:
    """Return source text as part of a sentence: of a block its header, and not too much of it."""
    for block in ("async with ", "async for ", "with ", "for "):
        if text.startswith(block):
            text = text.removeprefix(block).partition(": ")[0].partition(" as ")[0]
    text = text.removeprefix("await ").removesuffix(":").strip()
    return text if len(text) <= LONGEST_CODE else f"{text[: LONGEST_CODE - 3]}..."


def sentences(parts: Iterable[str]) -> str:
    """Join what is there of some sentences."""
    return " ".join(part for part in parts if part)


def parsed_call(text: str) -> ast.Call | None:
    """Return source text as a call, None where it is something else."""
    expression = read_expression(text)
    return expression if isinstance(expression, ast.Call) else None
