"""Where the pieces of a sweep run: processes of this machine, or the workers of a Dask cluster."""

import concurrent.futures
import ctypes
import importlib
import os
import signal
import warnings
from collections.abc import Callable, Collection, Hashable
from typing import Any, Final, Protocol, TypeVar

from loopscope.check.apart import run_apart
from loopscope.check.journal import Piece
from loopscope.check.pieces import Plan, run_piece
from loopscope.errors import CheckError

T = TypeVar("T")

HASH_SEED: Final = "0"
"""Every process of a sweep has the same string hashes, so that the order of a set of strings, and
with it the outcome of a seed, does not depend on where the seed ran."""

_DIE_WITH_PARENT: Final = 1
"""``PR_SET_PDEATHSIG`` of ``prctl(2)``."""

IDLE_S: Final = 60
CONNECT_S: Final = 10


class Machines(Protocol):
    """Runs pieces of a sweep.

    Attributes:
        slots: How many run at a time.
        first_piece: How many seeds the first pieces have, before it is known how long one takes.
        piece_s: How long a piece should take: what one costs beside its runs must not count.
    """

    slots: int
    first_piece: int
    piece_s: float

    def submit(self, plan: Plan, seeds: range) -> Hashable:
        """Begin with a piece."""

    def wait(self, futures: Collection[Any]) -> Collection[Any]:
        """Return those that are done, at least one of them."""

    def piece(self, future: Any) -> Piece:  # noqa: ANN401  (a future of whatever library)
        """Return what a future brought.

        Raises:
            Died: The process in which it ran died, perhaps of another piece.
            LoopscopeError: The world or a promise does not fit the program.
        """

    def close(self) -> None:
        """Stop whatever still runs."""


class Died(Exception):  # noqa: N818  (no error of ours: it is caught and made a result)
    """A process in which the program ran has died."""


class Local:
    """Worker processes on this machine, of joblib.

    Args:
        jobs: How many.
    """

    first_piece = 4
    piece_s = 0.5

    def __init__(self, jobs: int) -> None:
        self.slots = jobs
        self._executor: Any = None

    def submit(self, plan: Plan, seeds: range) -> Hashable:
        """Begin with a piece."""
        return self.call(run_piece, plan, seeds)

    def call(
        self, function: Callable[..., T], *arguments: object
    ) -> "concurrent.futures.Future[T]":
        """Let a worker call a function."""
        # joblib takes a seventh of a second to import, which other commands need not wait for.
        from joblib.externals.loky import ProcessPoolExecutor  # type: ignore[import-untyped]  # noqa: PLC0415

        if self._executor is None:
            # It starts new workers where old ones were idle or have grown, and the sweep goes on.
            warnings.filterwarnings("ignore", "A worker stopped", UserWarning)
            self._executor = ProcessPoolExecutor(
                max_workers=self.slots,
                timeout=IDLE_S,
                initializer=become_worker,
                initargs=(os.environ.get("PYTHONHASHSEED"),),
                env={"PYTHONHASHSEED": HASH_SEED},
            )
        future: concurrent.futures.Future[T] = self._executor.submit(function, *arguments)
        return future

    def wait(self, futures: Collection[Any]) -> Collection[Any]:
        """Return those that are done, at least one of them."""
        first = concurrent.futures.FIRST_COMPLETED
        return concurrent.futures.wait(futures, return_when=first).done

    def piece(self, future: Any) -> Piece:  # noqa: ANN401
        """Return what a future brought."""
        try:
            found = future.result()
        except concurrent.futures.BrokenExecutor as error:
            self.close()
            raise Died(str(error)) from error
        assert isinstance(found, Piece)  # noqa: S101  (that is what was submitted)
        return found

    def answer(self, function: Callable[[], T]) -> T:
        """Let a worker call a function, and wait for what it returns.

        Raises:
            Died: The worker died.
        """
        try:
            return self.call(function).result()
        except concurrent.futures.BrokenExecutor as error:
            self.close()
            raise Died(str(error)) from error

    def close(self) -> None:
        """Stop whatever still runs."""
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=True, kill_workers=True)


def become_worker(hash_seed: str | None) -> None:
    """Prepare a process that runs pieces: silent, and out of reach of the terminal's Ctrl-C.

    It dies with the command, also when that is killed.
    """
    os.setsid()
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)
    if hash_seed is None:
        os.environ.pop("PYTHONHASHSEED", None)
    else:
        os.environ["PYTHONHASHSEED"] = hash_seed


class Cluster:
    """The workers of a Dask cluster that somebody runs already.

    Every piece runs in a process beside the worker, which keeps it for the next piece: a simulation
    needs the main thread, and the worker's own state stays out of reach of the program.

    Args:
        address: The scheduler: ``tcp://host:8786``.

    Raises:
        CheckError: There is no such scheduler, no worker, or Dask is not installed.
    """

    first_piece = 8
    piece_s = 1.0

    def __init__(self, address: str) -> None:
        try:
            distributed: Any = importlib.import_module("distributed")
        except ImportError as error:
            raise CheckError(
                "--on dask://... needs Dask: pip install 'loopscope[dask]'.", slug="dask-missing"
            ) from error
        self._dask: Any = distributed
        try:
            self._client = distributed.Client(address, timeout=CONNECT_S)
        except (OSError, ValueError, TimeoutError) as error:
            raise CheckError(
                f"There is no Dask scheduler at {address} ({error}): start one with 'dask "
                "scheduler', or check the address.",
                slug="dask-unreachable",
            ) from error
        self.slots = sum(self._client.nthreads().values())
        if not self.slots:
            self.close()
            raise CheckError(
                f"The Dask scheduler at {address} has no workers: start some with 'dask worker "
                f"{address}'.",
                slug="dask-unreachable",
            )

    def submit(self, plan: Plan, seeds: range) -> Hashable:
        """Begin with a piece."""
        future: Hashable = self._client.submit(
            run_apart, plan, seeds, pure=False, retries=1, key=None
        )
        return future

    def wait(self, futures: Collection[Any]) -> Collection[Any]:
        """Return those that are done, at least one of them."""
        done: Collection[Any] = self._dask.wait(futures, return_when="FIRST_COMPLETED").done
        return done

    def piece(self, future: Any) -> Piece:  # noqa: ANN401
        """Return what a future brought."""
        try:
            found = future.result()
        except (self._dask.KilledWorker, ChildProcessError) as error:
            raise Died(str(error)) from error
        except (concurrent.futures.CancelledError, OSError) as error:
            raise CheckError(
                f"The Dask cluster was lost ({str(error) or 'it took the work back'}): go on with "
                "--resume when it is there again.",
                slug="dask-lost",
            ) from error
        assert isinstance(found, Piece)  # noqa: S101  (that is what was submitted)
        return found

    def close(self) -> None:
        """Give back what still runs."""
        self._client.close()


def machines_for(on: str | None, jobs: int | None) -> Local | Cluster:
    """Return where a sweep runs.

    Args:
        on: ``dask://host:port``; None: this machine.
        jobs: How many processes of this machine; None: one for each of its cores.

    Raises:
        CheckError: There is no such place.
    """
    if on is None:
        return Local(jobs or len(os.sched_getaffinity(0)) or 1)
    scheme, _, address = on.partition("://")
    if scheme != "dask" or not address:
        raise CheckError(
            f"--on {on} is no place: give a Dask scheduler, such as dask://127.0.0.1:8786.",
            slug="on-bad",
        )
    return Cluster(f"tcp://{address}")
