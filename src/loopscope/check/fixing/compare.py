"""Compares what two runs showed: as programs mean it, not byte by byte."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from loopscope.check.fixing.seen import Seen

_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_LONGEST: Final = 70

Facts = Mapping[str, str]
"""What a run showed, each thing as text by what it is."""


@dataclass(slots=True)
class Clocks:
    """Numbers that follow the clock: the original itself gives others when waits last longer.

    Attributes:
        numbers: For each thing, which of its numbers.
    """

    numbers: dict[str, set[int]] = field(default_factory=dict)

    def learn(self, one: Facts, other: Facts) -> None:
        """Compare two runs of the original that differ in how long waits last."""
        for name in one.keys() & other.keys():
            if one[name] != other[name] and _skeleton(one[name]) == _skeleton(other[name]):
                self.numbers.setdefault(name, set()).update(_unequal(one[name], other[name]))

    def explain(self, name: str, one: str, other: str) -> bool:
        """Tell whether two texts differ in numbers only that follow the clock."""
        if _skeleton(one) != _skeleton(other):
            return False
        return _unequal(one, other) <= self.numbers.get(name, set())


def facts_of(seen: Seen, *, has_failed: bool) -> dict[str, str]:
    """Return what is compared of a run.

    Args:
        seen: The run.
        has_failed: Whether a wait was made to fail. What a branch reads, prints and returns then
            is left out: a branch may be under way that in turn would not have begun.
    """
    facts = {"how it ended": seen.ending}
    facts |= {f"line {at} of its output": line for at, line in enumerate(seen.printed, 1)}
    facts |= seen.state
    facts |= {f"the file {name}": text for name, text in seen.files.items()}
    writes: Counter[str] = Counter()
    for one in seen.requests:
        if not one.is_read:
            writes[one.host] += 1
            facts[f"change {writes[one.host]} at {one.host}"] = one.text
    if has_failed:
        return facts
    reads = Counter((one.host, one.text) for one in seen.requests if one.is_read)
    facts |= {f"{text} at {host}": f"{count} times" for (host, text), count in reads.items()}
    return facts | _branch_facts(seen)


def _branch_facts(seen: Seen) -> dict[str, str]:
    branches = [one for visit in seen.visits for one in visit.branches]
    order: dict[tuple[int, ...], list[tuple[str, str]]] = {}
    for one in branches:
        order.setdefault(one.label, []).append((one.result, one.printed))
    facts = {}
    for label, found in order.items():
        name = name_of(label)
        for at, (result, printed) in enumerate(sorted(found), 1):
            which = f" ({at} of {len(found)})" if len(found) > 1 else ""
            facts[f"what {name} brought{which}"] = result
            if printed:
                facts[f"what {name} printed{which}"] = printed
    return facts


def name_of(label: tuple[int, ...]) -> str:
    """Return a branch in words: ``await 2``, ``round 5``."""
    if len(label) > 1:
        return f"round {label[0] + 1}" + (f", await {label[1] + 1}" if label[1] else "")
    return f"await {label[0] + 1}"


def difference(original: Facts, rewritten: Facts, clocks: Clocks) -> str:
    """Return what differs, in one clause; "" if nothing does."""
    for name in _in_order([original, rewritten]):
        one, other = original.get(name), rewritten.get(name)
        if one is None or other is None:
            if other is not None:
                return f"{name} was {_shown(other)}, and in turn there was none"
            return f"{name} was {_shown(one or '')}, and together there was none"
        if one != other and not clocks.explain(name, one, other):
            one, other = _around(one, other)
            return f"{name} was {_shown(one)}, and together {_shown(other)}"
    return ""


def difference_as_written(original: Seen, rewritten: Seen) -> str:
    """Return what differs between two programs without marks, "" for nothing.

    Who printed what is not known then, nor what follows the clock: so lines are compared in any
    order, and numbers not at all.
    """
    facts = []
    for seen in (original, rewritten):
        found = facts_of(seen, has_failed=True)
        plain = {name: _skeleton(text) for name, text in found.items() if name[:5] != "line "}
        lines = sorted(_skeleton(seen.printed_all).splitlines())
        facts.append(plain | {"its output": "\n".join(lines)})
    return difference(facts[0], facts[1], Clocks())


def is_reordered(one: str, other: str) -> bool:
    """Tell whether two texts have the same lines in another order, numbers aside."""
    lines = [_skeleton(text).splitlines() for text in (one, other)]
    return lines[0] != lines[1] and sorted(lines[0]) == sorted(lines[1])


def masked(original: Iterable[Facts], clocks: Clocks) -> list[str]:
    """Return the things of which numbers were not compared."""
    known = {name for facts in original for name in facts}
    return sorted(name for name, numbers in clocks.numbers.items() if numbers and name in known)


def _in_order(facts: list[Facts]) -> list[str]:
    return list(dict.fromkeys(name for one in facts for name in one))


def _skeleton(text: str) -> str:
    return _NUMBER.sub("#", text)


def _unequal(one: str, other: str) -> set[int]:
    pairs = zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True)
    return {at for at, (left, right) in enumerate(pairs) if left != right}


def _around(one: str, other: str) -> tuple[str, str]:
    """Return the parts of two long texts from a little before they differ."""
    if len(one) <= _LONGEST and len(other) <= _LONGEST:
        return one, other
    at = next(
        (at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right),
        min(len(one), len(other)),
    )
    begin = max(0, at - _LONGEST // 3)
    return one[begin:], other[begin:]


def _shown(text: str) -> str:
    flat = " ".join(text.split())
    return f"`{flat[:_LONGEST]}{'...' if len(flat) > _LONGEST else ''}`"
