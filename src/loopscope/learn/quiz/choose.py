"""Chooses the questions of a quiz that are worth asking first."""

from collections.abc import Sequence
from typing import Final

from loopscope.learn.quiz.posed import Posed

_TELLING: Final = (
    "total", "printed-order", "next-move", "line-that-blocks", "ready-at", "whatif", "together",
)  # fmt: skip
"""The kinds of questions that tell most about how somebody thinks of asyncio, best first."""


def choose(posed: Sequence[Posed], count: int) -> list[Posed]:
    """Return at most ``count`` questions, one of each kind before a second one, in their order."""
    seen: dict[str, int] = {}
    ranked = []
    for number, one in enumerate(posed):
        seen[one.fact] = seen.get(one.fact, 0) + 1
        rank = _TELLING.index(one.fact) if one.fact in _TELLING else len(_TELLING)
        ranked.append((seen[one.fact], rank, number))
    numbers = sorted(number for *_, number in sorted(ranked)[:count])
    return [posed[number] for number in numbers]
