"""The pytest plugin: tests that hold in every simulated world, not only in today's.

Here are only the hooks and fixtures, and nothing is imported that a session without such tests
would not need.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from loopscope.pytest_plugin.asked import Asked
    from loopscope.pytest_plugin.inside import VirtualLoop, WorldView
    from loopscope.pytest_plugin.recorded import TraceView

MARKER: Final = "loopscope"
FIXTURES: Final = ("virtual_loop", "world", "trace")
"""The fixtures that put a test into a simulation, with the marker or without."""

_asked: "Final[pytest.StashKey[Asked]]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("loopscope", "loopscope: tests in simulated worlds")
    group.addoption(
        "--loopscope-seeds",
        type=_positive,
        metavar="N",
        help="Run every marked test over N seeds, whatever its marker says.",
    )
    group.addoption(
        "--loopscope-seed",
        metavar="SEED",
        help="Run every simulated test with this one seed (or case, as a report printed it).",
    )
    group.addoption(
        "--loopscope-jobs",
        type=_jobs,
        default=1,
        metavar="N",
        help="Run the seeds of a marked test in N processes, or 'auto': one a processor.",
    )
    group.addoption(
        "--loopscope-dir",
        metavar="DIR",
        help="Keep the traces of failures here (default: in pytest's cache).",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(within, seeds, world, ...): run the test in a simulated world, once for every "
        "seed, and hold it to its promises (docs/pytest.md).",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse what cannot be simulated, before any fixture is made."""
    marker = item.get_closest_marker(MARKER)
    if marker is None and not _has_own_fixture(item):
        return
    from loopscope.pytest_plugin.asked import read_asked  # noqa: PLC0415  (only where it is used)

    item.stash[_asked] = read_asked(item, marker)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """Let the test function be called in a simulation, by whoever calls it."""
    asked = pyfuncitem.stash.get(_asked, None)
    if asked is None:
        return (yield)
    from loopscope.pytest_plugin.calling import simulated  # noqa: PLC0415  (only where used)

    given = pyfuncitem.obj
    pyfuncitem.obj = simulated(pyfuncitem, asked)
    try:
        return (yield)
    finally:
        pyfuncitem.obj = given


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what is known of the failure, in a section of its own."""
    report = yield
    asked = item.stash.get(_asked, None)
    if asked is not None and asked.section and report.when == "call" and report.failed:
        report.sections.append(("loopscope", asked.section))
    return report


@pytest.fixture
def virtual_loop(request: pytest.FixtureRequest) -> "VirtualLoop":
    """Runs coroutines in virtual time: ``virtual_loop.run(main())``, as ``asyncio.Runner`` does."""
    return _asked_by(request).inside.loop


@pytest.fixture
def world(request: pytest.FixtureRequest) -> "WorldView":
    """The simulated world that the test runs in: ``world.add(Host(...))``, ``world.now_s``."""
    return _asked_by(request).inside.world


@pytest.fixture
def trace(request: pytest.FixtureRequest) -> "TraceView":
    """What the loops of the test did up to the first look at it: ``trace.summary``."""
    return _asked_by(request).inside.trace


def _asked_by(request: pytest.FixtureRequest) -> "Asked":
    asked: Asked | None = request.node.stash.get(_asked, None)
    if asked is None:  # asked for while the test runs, by getfixturevalue
        pytest.fail(
            f"The fixture {request.fixturename} has to be an argument of the test function: by "
            "then the test is running outside the simulation already.",
            pytrace=False,
        )
    return asked


def _has_own_fixture(item: pytest.Item) -> bool:
    """Whether a test uses one of the fixtures of this plugin, and not another one of that name."""
    if not isinstance(item, pytest.Function):
        return False
    definitions = item._fixtureinfo.name2fixturedefs  # noqa: SLF001  (there is no public way)
    return any(
        definitions[name][-1].func.__module__ == __name__
        for name in FIXTURES
        if name in definitions and name in item.fixturenames
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _jobs(text: str) -> int:
    return 0 if text == "auto" else _positive(text)
