"""The virtual loop runs everything in the order in which asyncio's own loop does."""

import pytest
from tests.simulator.core.orders import EIGHT, MORE, Program, on_stock, simulated

SEEDS = 25
"""`bench/simulating.py` tries a thousand of each."""


@pytest.mark.parametrize("program", EIGHT + MORE, ids=lambda program: program.__name__)
def test_the_order_is_that_of_asyncio(program: Program) -> None:
    """The whole sequence of events, and the time at the end, are those of the stock loop."""
    assert simulated(program) == on_stock(program)


@pytest.mark.parametrize("program", EIGHT, ids=lambda program: program.__name__)
def test_no_seed_brings_an_order_that_asyncio_cannot(program: Program) -> None:
    """What cannot fail on asyncio fails with no seed: no false alarms."""
    expected = on_stock(program)
    assert [seed for seed in range(SEEDS) if simulated(program, seed) != expected] == []
