"""What a test sees of the simulation around it: its fixtures, while its function runs."""

import asyncio
import contextlib
import inspect
import tempfile
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

from loopscope.errors import UsageError
from loopscope.model.units import NS_PER_S
from loopscope.pytest_plugin.recorded import TraceView
from loopscope.simulator.hosts.directory import HostDirectory
from loopscope.simulator.hosts.host import Host
from loopscope.simulator.network.active import network_here
from loopscope.simulator.network.network import Network

T = TypeVar("T")


class Inside:
    """The fixtures of one test. They are made once, and show the run that goes on."""

    def __init__(self) -> None:
        self.loop = VirtualLoop()
        self.world = WorldView()
        self.trace = TraceView()

    @contextlib.contextmanager
    def run(self, *, records: bool, path: Path | None) -> Iterator[None]:
        """Let the fixtures show one run, which the block is.

        Args:
            records: Whether to record what the loops do, for the fixture ``trace``.
            path: Where the recording is kept; None to keep none.
        """
        with contextlib.ExitStack() as stack:
            if records:
                if path is None:
                    directory = tempfile.TemporaryDirectory(prefix="loopscope-")
                    path = Path(stack.enter_context(directory)) / "test.loopscope"
                stack.enter_context(self.trace.recorded(here().world, path))
            stack.enter_context(self.loop.opened())
            yield


def finish(result: Any) -> Any:  # noqa: ANN401  (whatever the test returns)
    """Return what a test function returned; what is a coroutine is run first."""
    return asyncio.run(result) if inspect.iscoroutine(result) else result


class VirtualLoop:
    """Runs coroutines in virtual time, all in one loop, as ``asyncio.Runner`` does."""

    def __init__(self) -> None:
        self._runner: asyncio.Runner | None = None

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end, and return its result.

        Raises:
            UsageError: The test function does not run.
        """
        __tracebackhide__ = True
        return self._opened().run(coroutine)

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """Return the loop.

        Raises:
            UsageError: The test function does not run.
        """
        return self._opened().get_loop()

    @contextlib.contextmanager
    def opened(self) -> Iterator[None]:
        """Let there be a loop during the block, if anybody asks for it."""
        runner = self._runner = asyncio.Runner()
        try:
            yield
        finally:
            self._runner = None
            runner.close()

    def _opened(self) -> asyncio.Runner:
        if self._runner is None:
            raise _too_early("virtual_loop")
        return self._runner


class WorldView:
    """The simulated world of the run that goes on."""

    def __repr__(self) -> str:
        network = network_here()
        if network is None:
            return "<the world of a simulation that does not run>"
        return f"<the world of seed {network.world.seed}, {network.world.now_ns / NS_PER_S:.9g} s>"

    def add(self, *hosts: Host) -> None:
        """Describe more hosts, for this run; they go before those of the world file.

        Raises:
            UsageError: The test function does not run.
        """
        directory = here().hosts
        assert isinstance(directory, HostDirectory)  # noqa: S101  (every simulation has one)
        for host in hosts:
            directory.add(host.description)

    @property
    def now_ns(self) -> int:
        """How much virtual time has passed since the test function began, in nanoseconds."""
        return here().world.now_ns

    @property
    def now_s(self) -> float:
        """How much virtual time has passed since the test function began, in seconds."""
        return self.now_ns / NS_PER_S

    @property
    def seed(self) -> int:
        """The seed of this run."""
        return here().world.seed


def here() -> Network:
    """Return the network of the simulation that the caller is in.

    Raises:
        UsageError: It is in none.
    """
    network = network_here()
    if network is None:
        raise _too_early("world")
    return network


def _too_early(fixture: str) -> UsageError:
    return UsageError(
        f"The fixture {fixture} works only while the test function runs, which is when the "
        "simulation does: use it there, not in other fixtures.",
        slug="fixture-outside",
    )
