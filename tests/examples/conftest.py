"""Fixture: every command of the tour and every simulated example, run once for all tests."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.examples.commands import Runs, chains, stops
from tests.examples.table import TABLE

AT_A_TIME = 2


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """Begin all runs; the tests wait for what they ask for."""
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        runs = Runs(tmp_path_factory.mktemp("examples"), pool)
        for stop in stops():
            for chain in chains(stop):
                runs.begin(chain)
        for example in TABLE:
            if example.is_simulated:
                runs.begin([example.simulation])
        yield runs
        pool.shutdown(cancel_futures=True)
