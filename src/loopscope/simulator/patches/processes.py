"""``ProcessPoolExecutor`` in virtual time, and what tells one process from another."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, process
from functools import partial
from multiprocessing import process as processes
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from loopscope.simulator.patches.cores import Cores
from loopscope.simulator.patches.escape import Escapes
from loopscope.simulator.patches.install import Replacement, real
from loopscope.simulator.patches.process_pool import PoolPlan, ProcessDiedError, ProcessPool, Work
from loopscope.simulator.redirect import Function
from loopscope.simulator.world import World

if TYPE_CHECKING:
    from loopscope.simulator.world_parts import VirtualThread

_active: Final[dict[int, threading.Thread]] = vars(threading)["_active"]


class _ProcessThread(threading._DummyThread):
    """What ``threading.current_thread()`` is in a process: its main thread."""

    _started: threading.Event
    _set_ident: Callable[[], None]

    def __init__(self) -> None:
        threading.Thread.__init__(self, name="MainThread", daemon=True)
        self._started.set()
        self._set_ident()
        _active[threading.get_ident()] = self


class Processes:
    """The simulated processes of one world."""

    def __init__(self, world: World, escapes: Escapes) -> None:
        self._world = world
        self._escapes = escapes
        self._cores = Cores(world, world.cpus)
        self._pools: list[ProcessPool] = []
        self._processes: dict[VirtualThread, SimpleNamespace] = {}
        self._started = 0

    def patches(self) -> Iterator[Replacement]:
        """Yield what replaces the methods of the executor, and what a process asks for itself."""
        executor = process.ProcessPoolExecutor
        yield executor, "__init__", self._init
        yield executor, "submit", self._submit
        yield executor, "shutdown", self._shutdown
        yield os, "getpid", partial(self._pid, real(os.getpid))
        yield os, "_exit", partial(self._exit, real(os._exit))
        yield processes, "current_process", partial(self._process, processes.current_process)
        yield os, "cpu_count", lambda: self._world.cpus
        for name in ("sched_getaffinity", "process_cpu_count"):
            if hasattr(os, name):
                yield os, name, partial(self._cpus, name)

    def finish(self) -> None:
        """Wait until the pools have done what was submitted to them, as the interpreter does."""
        for pool in self._pools:
            pool.end(cancel=False)
            pool.join()

    # ----------------------------------------------------------------------- the executor

    def _init(  # noqa: PLR0913  (as the real one)
        self,
        executor: Any,
        max_workers: int | None = None,
        mp_context: Any = None,
        initializer: Callable[..., object] | None = None,
        initargs: tuple[Any, ...] = (),
        *,
        max_tasks_per_child: int | None = None,
    ) -> None:
        if max_workers is not None and max_workers <= 0:
            raise ValueError("max_workers must be greater than 0")
        if initializer is not None and not callable(initializer):
            raise TypeError("initializer must be a callable")
        if max_tasks_per_child is not None:
            if not isinstance(max_tasks_per_child, int):
                raise TypeError("max_tasks_per_child must be an integer")
            if max_tasks_per_child <= 0:
                raise ValueError("max_tasks_per_child must be >= 1")
        workers = max_workers or self._world.cpus
        plan = PoolPlan(
            workers=workers,
            prepare=None if initializer is None else partial(initializer, *initargs),
            lifetime=max_tasks_per_child,
            enter=self._enter,
            leave=self._leave,
        )
        executor._max_workers = workers
        executor._mp_context = mp_context
        executor._processes = {}
        executor._shutdown_thread = False
        executor._broken = False
        executor._simulated = ProcessPool(self._world, self._cores, plan)
        self._pools.append(executor._simulated)

    def _submit(
        self, executor: Any, function: Function, /, *args: Any, **kwargs: Any
    ) -> Future[Any]:
        pool = self._pool(executor)
        if pool.broken:
            raise process.BrokenProcessPool(pool.broken)
        if pool.is_ending:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future: Future[Any] = Future()
        pool.submit(Work(future, function, args, kwargs))
        return future

    def _shutdown(self, executor: Any, wait: bool = True, *, cancel_futures: bool = False) -> None:
        pool = self._pool(executor)
        executor._shutdown_thread = True
        pool.end(cancel=cancel_futures)
        if wait:
            pool.join()

    def _pool(self, executor: Any) -> ProcessPool:
        pool: ProcessPool | None = getattr(executor, "_simulated", None)
        if pool is None or pool not in self._pools:
            raise self._escapes.refuse(
                "uses a process pool that was made before the simulation",
                "Make the pool inside the simulated program.",
            )
        return pool

    # ------------------------------------------------------------ what a process sees of itself

    def _enter(self) -> None:
        self._started += 1
        self._processes[self._world.current] = SimpleNamespace(
            name=f"ForkProcess-{self._started}",
            pid=real(os.getpid)() + self._started,
            ident=real(os.getpid)() + self._started,
            daemon=False,
            authkey=processes.current_process().authkey,
        )
        _ProcessThread()

    def _leave(self) -> None:
        self._processes.pop(self._world.current, None)
        _active.pop(threading.get_ident(), None)

    def _pid(self, real_pid: Callable[[], int]) -> int:
        mine = self._processes.get(self._world.current)
        return real_pid() if mine is None else mine.pid

    def _process(self, real_process: Function) -> Any:
        return self._processes.get(self._world.current) or real_process()

    def _exit(self, real_exit: Function, status: int, /) -> None:
        if self._world.current in self._processes:
            raise ProcessDiedError
        real_exit(status)

    def _cpus(self, name: str, *_: Any) -> Any:
        cpus = self._world.cpus
        return set(range(cpus)) if name == "sched_getaffinity" else cpus
