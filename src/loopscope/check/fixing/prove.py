"""Tries one rewrite under many schedules beside the original, and says what that shows."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from loopscope.analysis.fix_report import FixLevel
from loopscope.check.fixing.compare import (
    Clocks,
    difference,
    facts_of,
    is_reordered,
    masked,
    name_of,
)
from loopscope.check.fixing.schedule import Label, Leaf, Schedule, Turn
from loopscope.check.fixing.seen import FINE, Seen
from loopscope.model.units import format_ns

MOST_LEAVES: Final = 12
"""Of more waits, the first and the last ones and some between are made slow, instant or fail."""

LEAST_SHARE: Final = 0.05
"""Awaits that together take hardly less time are left as they are."""

_LEAST_SLOW_NS: Final = 100_000_000

Texts = Mapping[str, bytes]
Run = Callable[[Texts, Schedule], Seen]
"""Runs the program with some of its files replaced, under a schedule."""


@dataclass(slots=True)
class Proof:
    """What trying a rewrite showed.

    Attributes:
        level: What may be said of it.
        reason: Why it is not more, a sentence; "" at level 3.
        natural: The original with everything as usual, marked; None if it was not run.
        rewritten: The same of the rewrite.
        schedules: What was tried.
        leaves: The waits on the outside.
        not_compared: Things of which numbers follow the clock.
        reorders_output: Whether what is printed comes in another order.
    """

    level: FixLevel = FixLevel.LIKELY
    reason: str = ""
    natural: Seen | None = None
    rewritten: Seen | None = None
    schedules: list[str] = field(default_factory=list)
    leaves: int = 0
    not_compared: tuple[str, ...] = ()
    reorders_output: bool = False


def prove(run: Run, original: Texts, rewritten: Texts, seeds: int) -> Proof:
    """Compare a rewrite with its original.

    Args:
        run: Runs the program.
        original: The candidate's file as it is, with its branches marked.
        rewritten: The same rewritten.
        seeds: How often all durations are drawn anew.
    """
    proof = Proof()
    natural = proof.natural = run(original, Schedule())
    proof.reason = _unfit(natural)
    if proof.reason:
        return proof
    leaves = _leaves(natural)
    proof.leaves = len(leaves)
    if _conflict(natural, proof):
        return proof
    trying = _Trying(run, original, rewritten, natural)
    timings = [Schedule(), *_timings(_chosen(leaves), natural)]
    timings += [Schedule(Turn.SEED, seed=seed) for seed in range(1, seeds + 1)]
    trying.learn(timings)
    try:
        for schedule in [*timings, *_failing(_chosen(leaves))]:
            differs = trying.compare(schedule)
            if differs:
                proof.level = FixLevel.ASK if trying.has_failed else FixLevel.NO
                proof.reason = f"{_upper(schedule.text)}, {differs}."
                return proof
    finally:
        proof.schedules = [one.text for one in trying.tried]
        proof.rewritten = trying.rewritten_natural
        proof.not_compared = tuple(trying.not_compared)
        proof.reorders_output = trying.reorders_output
    _conclude(proof, trying)
    return proof


def _conclude(proof: Proof, trying: "_Trying") -> None:
    natural, rewritten = proof.natural, proof.rewritten
    assert natural is not None  # noqa: S101  (both were run)
    assert rewritten is not None  # noqa: S101
    if trying.problem:
        proof.reason = trying.problem
        return
    before, after = span_ns(natural), span_ns(rewritten)
    branches = [branch for visit in natural.visits for branch in visit.branches]
    idle = [
        one for one in branches if not one.lasts_ns and any(_is_thread(leaf) for leaf in one.leaves)
    ]
    if before - after < LEAST_SHARE * before and idle:
        proof.reason = (
            "Nothing differs, but what they do in threads takes no virtual time, so that no gain "
            "is seen."
        )
        return
    if before - after < LEAST_SHARE * before:
        proof.level = FixLevel.NO
        proof.reason = (
            f"Together they bring nothing: they take {format_ns(after)} instead of "
            f"{format_ns(before)}."
        )
        return
    proof.level = FixLevel.VERIFIED


class _Trying:
    """Runs both under one schedule after the other."""

    def __init__(self, run: Run, original: Texts, rewritten: Texts, natural: Seen) -> None:
        self._run = run
        self._original = original
        self._rewritten = rewritten
        self._known = {Schedule(): natural}
        self._clocks = Clocks()
        self.tried: list[Schedule] = []
        self.rewritten_natural: Seen | None = None
        self.reorders_output = False
        self.has_failed = False
        self.problem = ""

    @property
    def not_compared(self) -> list[str]:
        """Things of which numbers follow the clock."""
        return masked([facts_of(self._known[Schedule()], has_failed=False)], self._clocks)

    def learn(self, timings: Iterable[Schedule]) -> None:
        """Run the original under schedules in which nothing fails: what follows the clock?"""
        usual = facts_of(self._known[Schedule()], has_failed=False)
        for schedule in timings:
            seen = self._known.setdefault(schedule, self._known[Schedule()])
            if schedule != Schedule():
                seen = self._known[schedule] = self._run(self._original, schedule)
            self._clocks.learn(usual, facts_of(seen, has_failed=False))

    def compare(self, schedule: Schedule) -> str:
        """Return what differs under a schedule, "" for nothing."""
        one = self._known.get(schedule) or self._run(self._original, schedule)
        other = self._run(self._rewritten, schedule)
        if schedule == Schedule():
            self.rewritten_natural = other
            self.reorders_output = is_reordered(one.printed_all, other.printed_all)
        self.problem = self.problem or one.problem or other.problem
        if not (one.has_acted and other.has_acted):
            self.problem = self.problem or (
                f"{_upper(schedule.named)} did not come again when it was to be "
                f"{schedule.turn.value}: what it asks changes from run to run."
            )
            return ""
        self.tried.append(schedule)
        # A wait that lasts long can make the original fail by itself, by a timeout.
        self.has_failed = schedule.turn.fails or one.ending != FINE
        facts = [facts_of(seen, has_failed=self.has_failed) for seen in (one, other)]
        return difference(facts[0], facts[1], self._clocks)


def _is_thread(leaf: Leaf) -> bool:
    return leaf.kind == "thread"


def span_ns(seen: Seen) -> int:
    """Return how long the awaits took, all times that they were come by together."""
    return sum(visit.lasts_ns for visit in seen.visits)


def _unfit(natural: Seen) -> str:
    """Return why a run shows nothing of the awaits, "" if it does."""
    if natural.problem:
        return natural.problem
    branches = [one for visit in natural.visits for one in visit.branches]
    if not branches:
        return "The run did not come by these lines: nothing was compared."
    if not any(len(visit.branches) > 1 for visit in natural.visits):
        return "The run came by with no more than one of them at a time: nothing was compared."
    steered = {one.label for one in branches if one.leaves}
    blind = {one.label for one in branches if one.lasts_ns and not one.leaves} - steered
    if blind or not steered:
        who = f"{name_of(min(blind))} waits" if blind and steered else "they wait"
        return (
            f"{_upper(who)} for something that cannot be made slow or fail: another task, or a "
            "server that the program runs itself."
        )
    return ""


def _leaves(seen: Seen) -> list[Leaf]:
    """Return the waits of all branches, one for each branch and number."""
    found: dict[tuple[Label, int, str], Leaf] = {}
    for visit in seen.visits:
        for branch in visit.branches:
            for leaf in branch.leaves:
                found.setdefault((leaf.label, leaf.number, leaf.what), leaf)
    return list(found.values())


def _chosen(leaves: list[Leaf]) -> list[Leaf]:
    """Return the waits that are steered: all, or as many as there is time for."""
    if len(leaves) <= MOST_LEAVES:
        return leaves
    step = (len(leaves) - 1) / (MOST_LEAVES - 1)
    return [leaves[round(at * step)] for at in range(MOST_LEAVES)]


def _timings(leaves: list[Leaf], natural: Seen) -> Iterator[Schedule]:
    longest = max((visit.lasts_ns for visit in natural.visits), default=0)
    slow_ns = max(longest, _LEAST_SLOW_NS)
    for leaf in leaves:
        yield replace(_about(leaf, leaves), turn=Turn.SLOW, slow_ns=slow_ns)
        if leaf.lasts_ns:
            yield replace(_about(leaf, leaves), turn=Turn.INSTANT)


def _failing(leaves: list[Leaf]) -> Iterator[Schedule]:
    for leaf in leaves:
        if leaf.kind in ("http", "host"):
            yield replace(_about(leaf, leaves), turn=Turn.RESET)
        if leaf.kind == "http":
            yield replace(_about(leaf, leaves), turn=Turn.STATUS)


def _about(leaf: Leaf, leaves: list[Leaf]) -> Schedule:
    """Return a schedule about a wait; it is named with its branch where others have its words."""
    named = leaf.what
    if sum(other.what == leaf.what for other in leaves) > 1:
        named += f" ({'round' if len(leaf.label) > 1 else 'await'} {leaf.label[0] + 1})"
    return Schedule(Turn.NATURAL, leaf.label, leaf.what, leaf.number, named=named)


def _conflict(natural: Seen, proof: Proof) -> bool:
    """Find branches that load the same host, one of them changing something there."""
    for visit in natural.visits:
        asked: dict[str, list[tuple[Label, bool, str]]] = {}
        for branch in visit.branches:
            for leaf in branch.leaves:
                if leaf.host:
                    found = asked.setdefault(leaf.host, [])
                    found.append((branch.label, leaf.is_read, leaf.what))
        for host, found in asked.items():
            for label, is_read, what in found:
                others = [one for one in found if one[0] != label]
                if is_read or not others:
                    continue
                both_write = all(not one[1] for one in others)
                proof.level = FixLevel.ASK if both_write else FixLevel.NO
                how = "both change something" if both_write else "one changes what the other reads"
                proof.reason = f"Both ask {host}, and {how} there as far as can be told: {what}."
                return True
    return False


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
