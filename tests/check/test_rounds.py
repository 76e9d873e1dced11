"""Rounds of a sweep: the guides of a round follow from earlier rounds, however these were run."""

from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.check.checking import bug

from loopscope.check.case import Case, read_case
from loopscope.check.guidance import EVERY, GUIDES, sampling_of
from loopscope.check.journal import Failed, Journal, Piece
from loopscope.check.new_orders import ORDER, read_order
from loopscope.check.orders import MOST_EVENTS, News, Seen
from loopscope.check.pieces import Plan
from loopscope.check.promises import Promises
from loopscope.check.rounds import LAG, Rounds, rounds_of
from loopscope.check.sweep import Sweep
from loopscope.simulator.hosts.latency import Lognormal

NAMES = [f"{host}.example.com {number}" for host in "abc" for number in (1, 2)]
PLAN = Plan(bug("ordered_gather"), Promises())
MS = 1_000_000


def order_of_seed(plan: Plan, seed: int) -> tuple[str, ...]:
    """Return an order that follows from a seed and from how it is guided."""
    names = list(NAMES)
    Random(plan.case(seed).written()).shuffle(names)
    return tuple(names[: 2 + seed % 4])


class Machines:
    """Runs pieces at once, and hands them over in an order of its own."""

    first_piece = 4
    piece_s = 1.0

    def __init__(self, slots: int, random: Random) -> None:
        self.slots = slots
        self._random = random

    def submit(self, plan: Plan, seeds: range) -> Any:
        """Run a piece; how long it takes decides how large the next is."""
        news = News(plan.seen)
        for seed in seeds:
            news.note(order_of_seed(plan, seed))
        failed = tuple(Failed(one, plan.case(one).written(), "", "", "", 0) for one in seeds)
        took_ns = self._random.randint(1, 1000) * MS
        return Piece(
            seeds.start, (1,) * len(seeds), failed, took_ns, len(seeds), tuple(news.orders)
        )

    def wait(self, futures: Any) -> Any:
        """Return one of them, or several."""
        return self._random.sample(futures, self._random.randint(1, len(futures)))

    def piece(self, future: Any) -> Piece:
        """Return the piece."""
        assert isinstance(future, Piece)
        return future

    def close(self) -> None:
        """Nothing to close."""


class Killed(Exception):  # noqa: N818
    """The sweep is stopped here."""


def cases(path: Any, slots: int, seed: int, kills: list[int]) -> dict[int, str]:
    """Return how every seed of a sweep was run that was stopped after so many seeds each."""
    seeds = range(100, 400)
    for stop in [*kills, len(seeds) + 1]:
        journal = Journal(path, "a sweep", is_resumed=True)
        sweep = Sweep(PLAN, seeds, journal, Machines(slots, Random(seed)))
        left = stop

        def tell(more: int) -> None:
            nonlocal left
            left -= more
            if left < 0:
                raise Killed

        try:
            sweep.run(tell)
        except Killed:
            continue
        finally:
            journal.close()
    path.unlink()
    assert len(sweep.results.failed) == len(seeds)
    return {one.seed: one.case for one in sweep.results.failed}


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 9), st.integers(0, 99), st.lists(st.integers(0, 250), max_size=3))
def test_guides_are_the_same_however_the_sweep_was_run(
    tmp_path_factory: Any,
    slots: int,
    seed: int,
    kills: list[int],
) -> None:
    """One process or nine, in whatever sequence they are done, stopped and gone on with or not."""
    path = tmp_path_factory.mktemp("journal") / "j"
    usual = cases(path, 1, 0, [])
    assert cases(path, slots, seed, kills) == usual
    guides = [read_case(case).guide for case in usual.values()]
    assert sum(guide.startswith(ORDER) for guide in guides) > 30
    assert {guide for guide in guides if guide in GUIDES} == set(GUIDES)


def test_rounds_are_the_seeds_in_order() -> None:
    """They double from 16 to 8,192; the last is what is left."""
    rounds = list(rounds_of(range(7, 30007)))
    doubling = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192]
    assert [len(one) for one in rounds] == [*doubling, 8192, 5440]
    assert [seed for one in rounds for seed in one] == list(range(7, 30007))


def test_every_process_has_a_part_of_a_round() -> None:
    """A round is cut into at least twice as many pieces as run at a time, if it has the seeds."""
    rounds = Rounds(PLAN, range(1000))
    assert rounds.cut(range(1000), 2000, slots=1) == range(8)
    assert rounds.cut(range(14, 1000), 2000, slots=1) == range(14, 16)
    assert rounds.cut(range(16, 1000), 2000, slots=64) == range(16, 17)
    assert rounds.cut(range(496, 1000), 9, slots=2) == range(496, 505)


def test_a_round_waits_for_those_it_follows_from() -> None:
    """For all but the last before it: that one may still be under way."""
    seeds = range(1000)
    rounds, parts = Rounds(PLAN, seeds), list(rounds_of(seeds))
    assert rounds.plan_of(parts[LAG - 1].stop - 1) is not None
    for early, late in zip(parts, parts[LAG:], strict=False):
        rounds.note(Piece(early.start, (0,) * (len(early) - 1)))
        assert rounds.plan_of(late.start) is None
        rounds.note(Piece(early.stop - 1, (0,)))
        assert rounds.plan_of(late.stop - 1) is not None


orders = st.lists(st.permutations(NAMES).map(lambda names: tuple(names[:4])), max_size=12)


@given(orders, orders, st.randoms(use_true_random=False))
def test_what_was_seen_does_not_depend_on_how_runs_are_divided(
    before: list[tuple[str, ...]], runs: list[tuple[str, ...]], random: Random
) -> None:
    """Only what is new is kept of each piece, and all pieces together say everything."""
    seen = Seen().with_orders(before)
    shuffled = list(runs)
    random.shuffle(shuffled)
    at = random.randint(0, len(shuffled))
    kept = []
    for part in (shuffled[:at], shuffled[at:]):
        news = News(seen)
        for order in part:
            news.note(order)
        kept += news.orders
    assert len(kept) <= len(runs)
    assert seen.with_orders(kept) == seen.with_orders(runs)


def test_only_so_many_completions_are_told_apart() -> None:
    """The others are as if they were not there; nothing of them is written down again."""
    many = [tuple(f"host{n:03} 1" for n in range(first, first + 30)) for first in range(0, 300, 30)]
    seen = Seen().with_orders(many)
    assert len(seen.events) == MOST_EVENTS
    news = News(seen)
    for order in many:
        news.note(order)
    assert news.orders == []


def test_a_guide_asks_for_what_was_not_seen() -> None:
    """What always came last is to come early, in one way or another, or both at once."""
    plan = replace(PLAN, seen=Seen().with_orders([("a 1", "b 1", "c 1")]))
    guides = {plan.case(seed).guide for seed in range(EVERY - 1, 40 * EVERY, EVERY)}
    asked = {guide for guide in guides if guide.startswith(ORDER)}
    assert "order:c 1<a 1" in asked
    assert {guide for guide in asked if "c 1" in read_order(guide)[0]} >= {
        "order:c 1<a 1,b 1",
        "order:c 1<b 1",
    }


def test_names_that_a_guide_cannot_hold_are_left_out() -> None:
    """A program may ask for whatever it likes."""
    plan = replace(PLAN, seen=Seen().with_orders([("a,b 1", "c<d 1")]))
    assert {plan.case(seed).guide for seed in range(400)} == {"", *GUIDES}


def test_an_order_that_is_asked_for_comes_about() -> None:
    """The answer that is to be early nearly always overtakes the one that is to be late."""
    latency = Lognormal(10 * MS, 0.4)

    def overtakes(guide: str, seed: int) -> bool:
        sampling = sampling_of(Case(seed, guide))
        first, second = (
            sampling.duration(f"{name} request 1 latency", latency, Random(f"{name} {seed}"))
            for name in "ab"
        )
        return second + 10 * MS < first

    asked = sum(overtakes("order:b 1<a 1", seed) for seed in range(300))
    assert asked > 250
    assert sum(overtakes("", seed) for seed in range(300)) < 20
