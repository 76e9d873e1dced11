"""Simulated sockets do what real ones do: the same scenarios, compared step by step."""

from contextlib import ExitStack

import pytest
from tests.simulator.network.scenarios import SCENARIOS, Log, Scenario, Stage
from tests.simulator.network.simulated import of


def play(scenario: Scenario) -> Log:
    """Return what happened in a scenario."""
    with ExitStack() as stack:
        stage = Stage(stack)
        scenario(stage)
        return stage.log


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.__name__)
def test_the_same_happens_on_simulated_sockets(scenario: Scenario) -> None:
    """Every call of a scenario returns or raises the same on real and on simulated sockets."""
    simulated, _ = of(lambda: play(scenario))
    assert simulated == play(scenario)
