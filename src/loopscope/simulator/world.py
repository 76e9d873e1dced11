"""The one clock of a simulation, and the one place where anything waits: ``World.block``.

Threads of the program are real threads that pass one baton: exactly one runs at any time, so that
a run is repeatable. A thread that waits hands the baton to the next one that can run; when none
can, the clock jumps to the next event of the agenda. The event loop is no exception: an idle loop
is a thread that waits, and so is a coroutine that calls something blocking.
"""

import random
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush

from loopscope.errors import SimulationError

SWITCH_INTERVAL_NS = 5_000_000
"""How long one thread computes while others could: ``sys.getswitchinterval()`` of CPython."""

Action = Callable[[], None]


class SimulationOver(BaseException):
    """Raised where a thread still waits when the simulation ends, so that it unwinds."""


@dataclass(slots=True, eq=False)
class Event:
    """Something that will happen; ``cancel`` makes it not happen."""

    when_ns: int
    order: int
    action: Action | None

    def __lt__(self, other: "Event") -> bool:
        return (self.when_ns, self.order) < (other.when_ns, other.order)

    def cancel(self) -> None:
        """Take it off the agenda. Cancelling twice, or too late, does nothing."""
        self.action = None


@dataclass(slots=True, eq=False)
class Gate:
    """Where threads wait until somebody opens it for them: one for each lock, socket, loop ...

    ``what`` says what is waited for, for reports: ``lock``, ``recv api.example.com:443``.
    """

    what: str
    waiting: "deque[VirtualThread]" = field(default_factory=deque)


@dataclass(slots=True, eq=False)
class VirtualThread:
    """A thread of the simulated program.

    Attributes:
        name: For reports.
        ident: ``threading.get_ident()`` of the real thread under it.
        gate: What it waits at; None while it runs or could run.
        since_ns: Since when it waits.
    """

    name: str
    ident: int = 0
    gate: Gate | None = None
    since_ns: int = 0
    was_woken: bool = False
    baton: threading.Lock = field(default_factory=threading.Lock)


class World:
    """One simulated world. The thread that makes it is its first thread.

    Args:
        seed: Every random choice comes from it, and from nothing else.
    """

    def __init__(self, seed: int = 0) -> None:
        self.now_ns = 0
        self.seed = seed
        self.main = VirtualThread("main", ident=threading.get_ident())
        self.current = self.main
        self.threads: list[VirtualThread] = [self.main]
        self._runnable: deque[VirtualThread] = deque()
        self._agenda: list[Event] = []
        self._order = 0
        self._failure: BaseException | None = None
        self._is_over = False
        self.on_deadlock: Callable[[], BaseException] = _deadlock

    def is_here(self) -> bool:
        """Whether the calling thread belongs to this world; all others keep real time."""
        return threading.get_ident() == self.current.ident

    def random(self, *names: object) -> random.Random:
        """Return a stream of random numbers of its own for a purpose, repeatable from the seed.

        Streams are independent: drawing from one does not move another.
        """
        return random.Random(repr((self.seed, *names)))  # noqa: S311 - repeatable is the point

    # ---------------------------------------------------------------------------------- agenda

    def at(self, when_ns: int, action: Action) -> Event:
        """Let something happen at a time; what has the same time happens in the order of calls.

        Actions are the outside world: they run on whichever thread waits at that moment, must
        not block, and must not raise.
        """
        self._order += 1
        event = Event(max(when_ns, self.now_ns), self._order, action)
        heappush(self._agenda, event)
        return event

    def after(self, delay_ns: int, action: Action) -> Event:
        """Let something happen after a delay; not before what is due now already."""
        return self.at(self.now_ns + delay_ns, action)

    def next_ns(self) -> int | None:
        """When the next event happens, or None if there is none."""
        agenda = self._agenda
        while agenda and agenda[0].action is None:
            heappop(agenda)
        return agenda[0].when_ns if agenda else None

    def run_due(self) -> None:
        """Let happen what is due. A loop does so once a turn, as it would ask its selector."""
        while (when_ns := self.next_ns()) is not None and when_ns <= self.now_ns:
            self._happen(heappop(self._agenda))

    def _happen(self, event: Event) -> None:
        action, event.action = event.action, None
        self.now_ns = max(self.now_ns, event.when_ns)
        if action is not None:
            action()

    # --------------------------------------------------------------------------------- waiting

    def block(self, gate: Gate, timeout_ns: int | None = None) -> bool:
        """Wait at a gate, in virtual time.

        Args:
            gate: Who waits there is let go in the order of arrival.
            timeout_ns: How long at most; None means until woken.

        Returns:
            True if the thread was woken, False if the time was over first.

        Raises:
            SimulationError: Nothing can ever wake anybody (raised in the main thread).
        """
        me = self.current
        me.gate, me.since_ns, me.was_woken = gate, self.now_ns, False
        gate.waiting.append(me)
        timer = None
        if timeout_ns is not None:
            timer = self.after(max(timeout_ns, 0), lambda: self._release(me, was_woken=False))
        self._hand_over(me)
        if timer is not None:
            timer.cancel()
        return me.was_woken

    def wake(self, gate: Gate, count: int = 1) -> int:
        """Let up to ``count`` threads go on; returns how many there were."""
        woken = 0
        while gate.waiting and woken < count:
            self._release(gate.waiting[0], was_woken=True)
            woken += 1
        return woken

    def sleep(self, delay_ns: int, what: str = "sleep") -> None:
        """Wait for a time to pass."""
        self.block(Gate(what), delay_ns)

    def let_others_run(self) -> None:
        """Give the baton to every other thread that can run now, once."""
        if self._runnable:
            me = self.current
            self._runnable.append(me)
            self._hand_over(me)

    def compute(self, cost_ns: int) -> None:
        """Charge the calling thread for computing: time passes, and others get their share of it.

        As under the interpreter lock, only one thread computes at a time, and they take turns
        of ``SWITCH_INTERVAL_NS``.
        """
        while cost_ns > 0:
            spent = min(cost_ns, SWITCH_INTERVAL_NS)
            self.now_ns += spent
            cost_ns -= spent
            self.run_due()
            self.let_others_run()

    def _release(self, thread: VirtualThread, *, was_woken: bool) -> None:
        if thread.gate is None:
            return
        thread.gate.waiting.remove(thread)
        thread.gate, thread.was_woken = None, was_woken
        self._runnable.append(thread)

    # --------------------------------------------------------------------------------- threads

    def spawn(self, run: Action, name: str) -> VirtualThread:
        """Start a thread; it runs when the calling one waits. ``run`` must not raise."""
        thread = VirtualThread(name)
        thread.baton.acquire()
        self.threads.append(thread)

        def live() -> None:
            thread.baton.acquire()
            thread.ident = threading.get_ident()
            try:
                if not self._is_over:
                    self.current = thread
                    run()
            except SimulationOver:
                pass
            finally:
                self.threads.remove(thread)
                self._pass_on()

        real = threading.Thread(target=live, name=name, daemon=True)
        real.start()
        self._runnable.append(thread)
        return thread

    def _hand_over(self, me: VirtualThread) -> None:
        """Let others run until it is this thread's turn again."""
        following = self._next_thread()
        if following is not me:
            me.baton.acquire(blocking=False)
            following.baton.release()
            me.baton.acquire()
        self.current = me
        if self._is_over and me is not self.main:
            raise SimulationOver
        if me is self.main and self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def _next_thread(self) -> VirtualThread:
        """Who runs next; while nobody can, let the next event happen."""
        while not self._runnable:
            if self.next_ns() is None:
                self._failure = self.on_deadlock()
                self._release(self.main, was_woken=False)
                break
            self._happen(heappop(self._agenda))
        return self._runnable.popleft()

    def _pass_on(self) -> None:
        """The calling thread ends: whose turn is it?"""
        following = self._next_thread()
        following.baton.release()

    def close(self) -> None:
        """End the simulation: threads that still wait unwind. Called by the main thread."""
        self._is_over = True
        while len(self.threads) > 1:
            for thread in self.threads:
                if thread.gate is not None:
                    self._release(thread, was_woken=False)
            self.let_others_run()


def _deadlock() -> BaseException:
    return SimulationError(
        "Every thread waits, and nothing is left that could wake one.", slug="deadlock"
    )
