"""The processes of one ``ProcessPoolExecutor``: threads of the world that compute beside it.

Work is pickled on its way in and out, as for real processes, and in the same order: a call is
pickled when it enters the call queue, which holds one more than there are processes. What a process
does to global variables is seen by the program, other than in a real one.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, process
from concurrent.futures._base import LOGGER
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.reduction import ForkingPickler
from typing import Any

from loopscope.simulator.world import World
from loopscope.simulator.world_parts import Cores, Gate, VirtualThread

_BROKEN = "A child process terminated abruptly, the process pool is not usable anymore"
_PENDING = (
    "A process in the process pool was terminated abruptly while the future was running or pending."
)


class ProcessDiedError(BaseException):
    """A simulated process has left by ``os._exit``."""


@dataclass(frozen=True, slots=True)
class Work:
    """One call that was submitted."""

    future: Future[Any]
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PoolPlan:
    """How a pool was asked to be.

    Attributes:
        workers: How many processes there are.
        prepare: Called in every process before it works.
        lifetime: After how many calls a process is replaced; None means never.
        enter: Told of every process that begins.
        leave: Told of every process that ends.
    """

    workers: int
    prepare: Callable[[], object] | None
    lifetime: int | None
    enter: Callable[[], None]
    leave: Callable[[], None]


class ProcessPool:
    """The processes of one executor, and the calls on their way to them.

    Attributes:
        is_ending: Whether it takes no more calls.
        broken: Why it is of no use any more; None while it is.
    """

    def __init__(self, world: World, cores: Cores, plan: PoolPlan) -> None:
        self._world = world
        self._cores = cores
        self._plan = plan
        self._pending: deque[Work] = deque()
        self._called: deque[tuple[Work, bytes]] = deque()
        self._running: list[Work] = []
        self._workers = 0
        self._idle = Gate("work for a process")
        self._ended = Gate("end of a process pool")
        self.is_ending = False
        self.broken: str | None = None

    def submit(self, work: Work) -> None:
        """Take a call; a process is started for it if none is idle and there may be more."""
        self._pending.append(work)
        self._fill()
        if not self._world.wake(self._idle) and self._workers < self._plan.workers:
            self._start_worker()
        self._world.let_others_run()  # a process needs no interpreter lock: it begins now

    def end(self, *, cancel: bool) -> None:
        """Take no more calls; the processes end when they have done what is left."""
        if cancel:
            while self._pending:
                self._pending.popleft().future.cancel()
        self.is_ending = True
        self._world.wake(self._idle, self._workers)

    def join(self) -> None:
        """Wait until all processes have ended."""
        while self._workers:
            self._world.block(self._ended)

    def _start_worker(self) -> None:
        self._workers += 1
        self._world.spawn(self._live, f"process of a pool ({self._workers})")

    def _fill(self) -> None:
        """Move calls into the call queue; from there they cannot be cancelled any more."""
        while self._pending and len(self._called) <= self._plan.workers:
            work = self._pending.popleft()
            if not work.future.set_running_or_notify_cancel():
                continue
            try:
                call = _dumps((work.function, work.args, work.kwargs))
            except BaseException as error:  # noqa: BLE001  (whatever pickling raises is the answer)
                work.future.set_exception(_with_cause(error))
            else:
                self._called.append((work, call))

    # --------------------------------------------------------------- in the thread of a process

    def _live(self) -> None:
        me = self._world.current
        me.cores = self._cores
        self._plan.enter()
        try:
            if self._prepare():
                self._work(me)
        except ProcessDiedError:
            self._break()
        finally:
            self._plan.leave()
            self._workers -= 1
            self._world.wake(self._ended, len(self._ended.waiting))

    def _prepare(self) -> bool:
        if self._plan.prepare is None:
            return True
        try:
            self._plan.prepare()
        except ProcessDiedError:
            raise
        except BaseException:  # noqa: BLE001  (as a process does)
            LOGGER.critical("Exception in initializer:", exc_info=True)
            self._break()
            return False
        return True

    def _work(self, me: VirtualThread) -> None:
        done = 0
        while True:
            while not self._called:
                if self.is_ending:
                    return
                self._world.block(self._idle)
            work, call = self._called.popleft()
            self._running.append(work)
            self._fill()
            result = _answer(call)
            self._world.charge()
            with _unseen(me):
                self._deliver(work, result)
            done += 1
            if done == self._plan.lifetime:
                if self._called:
                    self._start_worker()
                return

    def _deliver(self, work: Work, result: bytes) -> None:
        if work not in self._running:
            return  # the pool broke meanwhile
        self._running.remove(work)
        try:
            value, error = ForkingPickler.loads(result)
        except BaseException as failure:  # noqa: BLE001  (the answer cannot be read)
            self._running.append(work)
            self._break(_with_cause(failure).__cause__)
            return
        if error is None:
            work.future.set_result(value)
        else:
            work.future.set_exception(error)

    def _break(self, cause: BaseException | None = None) -> None:
        """A process has died: every call that is left fails."""
        self.broken = _BROKEN
        self.is_ending = True
        left = [*self._running, *(work for work, _ in self._called), *self._pending]
        for queue in (self._running, self._called, self._pending):
            queue.clear()
        error = process.BrokenProcessPool(_PENDING)
        error.__cause__ = cause
        for work in left:
            if not work.future.cancelled():
                work.future.set_exception(error)
        self._world.wake(self._idle, self._workers)


def _answer(call: bytes) -> bytes:
    """Run a call, as a process does; returns its pickled result and exception."""
    try:
        function, args, kwargs = ForkingPickler.loads(call)
        value, error = function(*args, **kwargs), None
    except ProcessDiedError:
        raise
    except BaseException as raised:  # noqa: BLE001  (as a process does)
        value, error = None, _with_trace(raised)
    try:
        return _dumps((value, error))
    except BaseException as raised:  # noqa: BLE001  (as a process does)
        return _dumps((None, _with_trace(raised)))


def _dumps(value: object) -> bytes:
    return bytes(ForkingPickler.dumps(value))


def _with_trace(error: BaseException) -> Any:
    return process._ExceptionWithTraceback(error, error.__traceback__)  # type: ignore[arg-type]


def _with_cause(error: BaseException) -> BaseException:
    """Return an exception as it comes out of a process: its traceback is the text of its cause."""
    rebuilt: BaseException = process._rebuild_exc(*_with_trace(error).__reduce__()[1])
    return rebuilt


@contextmanager
def _unseen(thread: VirtualThread) -> Iterator[None]:
    """Let a thread stand for the program again, not for a process: it tells of a result."""
    cores, thread.cores = thread.cores, None
    try:
        yield
    finally:
        thread.cores = cores
