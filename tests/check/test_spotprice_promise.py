"""What spotprice promises, in simulated worlds where ten exchanges are slow and a fifth fails."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROMISES = Path(__file__).with_name("promises")
sys.path.insert(0, str(PROMISES))  # the world's handlers are imported by their names alone

from spotprice_prices import DEADLINE_S, Asked, ask, complete  # noqa: E402

pytestmark = pytest.mark.slow

WORLD = PROMISES / "exchanges.toml"


@pytest.mark.loopscope(
    seeds=200, within=DEADLINE_S, world=WORLD, no_lost_task=True, no_stall=0.001, expect=complete
)
async def test_every_price_within_a_second_or_none() -> Asked:
    """Whatever fails and however late: ten answers in time, None exactly where one failed."""
    return await ask()


@pytest.mark.loopscope(seeds=3, world=WORLD, no_lost_task=True, cancel_anywhere=True)
async def test_cancelled_at_any_moment_it_ends_and_leaves_nothing() -> None:
    """A cancellation comes out, and no task, lock or connection is left behind."""
    await ask()


@pytest.fixture
def failed() -> Iterator[list[int]]:
    """Takes how many exchanges failed in each world; in some worlds some do."""
    counts: list[int] = []
    yield counts
    assert sum(counts) > len(counts) // 4


@pytest.mark.loopscope(seeds=20, world=WORLD)
async def test_exchanges_fail_in_these_worlds(failed: list[int]) -> None:
    """The promise is tried: what it says of failures is not said of none."""
    asked = await ask()
    failed.append(sum(price is None for price in asked.prices.values()))
