"""Chooses orders of completion that were not seen so far, and writes them into the guide of a seed.

A guide ``order:a.example.com 1,b.example.com 2<c.example.com 1`` asks for two requests to complete
before a third one. It can ask for what cannot be: then the run is as good as any other.
"""

from collections.abc import Sequence
from random import Random
from typing import Final

from loopscope.check.orders import Pair, Seen

ORDER: Final = "order:"

MOST_SEEN: Final = 3
"""Besides one that was not seen, or instead, up to so many pairs are asked for that were: rare
things seen one at a time are new together."""


def order_of(seed: int, seen: Seen) -> str:
    """Return the guide of a seed that asks for an order not among those seen; "" if there is none.

    It may be one pair that was seen only the other way round, as many of them as go together, one
    request before or after all others, or a new combination of pairs.
    """
    if not seen.pairs:
        return ""
    random = Random(f"order {seed}")  # noqa: S311  (repeatable)
    unseen = seen.unseen()
    random.shuffle(unseen)
    way = random.choice(_WAYS) if unseen else _combined
    return _written(way(random, unseen, seen))


def _one(_random: Random, unseen: list[Pair], _seen: Seen) -> list[Pair]:
    return unseen[:1]


def _as_many_as_go_together(_random: Random, unseen: list[Pair], _seen: Seen) -> list[Pair]:
    return unseen


def _first_or_last(random: Random, unseen: list[Pair], seen: Seen) -> list[Pair]:
    """Return what lets one request overtake all others, or fall behind them."""
    first, last = unseen[0]
    if random.random() < 0.5:  # noqa: PLR2004
        return [(first, other) for other in sorted(seen.events - {first})]
    return [(other, last) for other in sorted(seen.events - {last})]


def _combined(random: Random, unseen: list[Pair], seen: Seen) -> list[Pair]:
    count = min(random.randint(1, MOST_SEEN), len(seen.pairs))
    return [*unseen[:1], *random.sample(sorted(seen.pairs), count)]


_WAYS: Final = (_one, _as_many_as_go_together, _first_or_last, _combined)


def _written(pairs: Sequence[Pair]) -> str:
    """Return a guide that asks for pairs, in order of preference, as far as they go together."""
    early: dict[str, None] = {}
    late: dict[str, None] = {}
    for first, second in pairs:
        is_plain = not {",", "<"} & {*first, *second}  # a name is whatever a program asks for
        if is_plain and first not in late and second not in early:
            early[first] = late[second] = None
    return f"{ORDER}{','.join(early)}<{','.join(late)}" if early else ""


def read_order(guide: str) -> tuple[list[str], list[str]]:
    """Return what a guide wants to complete early, and late."""
    early, _, late = guide.removeprefix(ORDER).partition("<")
    return early.split(","), late.split(",")
