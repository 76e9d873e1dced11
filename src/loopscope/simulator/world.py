"""The one clock of a simulation, and the one place where anything waits: ``World.block``.

Threads of the program are real threads that pass one baton: exactly one runs at any time, so that
a run is repeatable. A thread that waits hands the baton to the next one that can run; when none
can, the clock jumps to the next event of the agenda. The event loop is no exception: an idle loop
is a thread that waits, and so is a coroutine that calls something blocking.
"""

import _thread
import asyncio
import random
from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any, Final

from loopscope.errors import SimulationError
from loopscope.simulator.redirect import real_twin
from loopscope.simulator.world_parts import (
    Action,
    Event,
    Gate,
    Meter,
    SimulationOver,
    VirtualThread,
)

SWITCH_INTERVAL_NS: Final = 5_000_000
"""How long one thread computes while others could: ``sys.getswitchinterval()`` of CPython."""

EPOCH_NS: Final = 1_767_225_600_000_000_000
"""What the wall clock shows when a simulation begins: 2026-01-01 00:00:00 UTC."""

PATIENCE: Final = 1_000
LOOK_NS: Final = 10_000
MOST_DOUBLINGS: Final = 10
"""Where computing is free, code that does nothing but look at the clock until it has moved would
do so for ever. When one task has looked ``PATIENCE`` times at one moment, each further look takes
``LOOK_NS``, and the double of it after as many looks again, up to a point."""

NEVER_NS: Final = 1 << 62
GRACE_NS: Final = 60_000_000_000
GRACE_STEPS: Final = 100_000
"""How much a program that was stopped gets for its clean-up."""

MOST_UNWINDINGS: Final = 1000
"""A thread that catches the end of the simulation, and waits again, is parked after so many."""

# The world itself stands on real threads and real locks, whatever is replaced above it.
_start_thread = real_twin(_thread.start_new_thread)
_acquire = _thread.LockType.acquire
_release = _thread.LockType.release


class World:
    """One simulated world. The thread that makes it is its first thread.

    Args:
        seed: Every random choice comes from it, and from nothing else.
        cpus: How many processors the program finds, which sizes its pools.

    Attributes:
        now_ns: The clock, from 0.
        epoch_ns: What the wall clock showed then, since 1970.
        current: The thread that runs.
        runnable: The threads that could run, in the order in which they will.
        agenda: Heap of what will happen: when, in which order it was set, and what.
        meter: Measures computing; None where computing is free.
        computed_ns: How much computing the program was charged; its processes have their own.
        limit_ns: The run is stopped before the clock would pass this.
        step_limit: The run is stopped when its loops have run this many steps.
        verdict: Why the run was stopped, None as long as it was not.
        on_stop: Makes the verdict from a reason: ``deadlock``, ``max-time`` or ``max-steps``.
        on_held: Told, on the thread, that it waited (True) or computed (False), and since when.
        on_step: Told of the handle of every step that a loop has run; set before the loop runs.
        loops: Weak references to the event loops that were made, oldest first.
        task_count: How many tasks they have made.
    """

    def __init__(self, seed: int = 0, *, cpus: int = 4) -> None:
        self.now_ns = 0
        self.epoch_ns = EPOCH_NS
        self.seed = seed
        self.cpus = cpus
        self.main = VirtualThread("main", _thread.get_ident(), _thread.get_native_id())
        self.current = self.main
        self.threads: list[VirtualThread] = [self.main]
        self.loops: list[Callable[[], Any]] = []
        self.task_count = 0
        self.meter: Meter | None = None
        self.computed_ns = 0
        self.limit_ns = NEVER_NS
        self.steps = 0
        self.step_limit = NEVER_NS
        self.verdict: SimulationError | None = None
        self.on_stop: Callable[[str], SimulationError] = _stopped
        self.on_held: Callable[[bool, int], None] | None = None
        self.on_step: Callable[[asyncio.Handle], None] | None = None
        self.runnable: deque[VirtualThread] = deque()
        self.agenda: list[tuple[int, int, Event]] = []
        self._order = 0
        self._failure: BaseException | None = None
        self._is_over = False
        self._looked_ns = -1
        self._looks = 0
        self._looker: tuple[VirtualThread, int] | None = None

    def is_here(self) -> bool:
        """Whether the calling thread belongs to this world; all others keep real time."""
        return _thread.get_ident() == self.current.ident

    def random(self, *names: object) -> random.Random:
        """Return a stream of random numbers of its own for a purpose, repeatable from the seed.

        Streams are independent: drawing from one does not move another.
        """
        return random.Random(repr((self.seed, *names)))  # noqa: S311 - repeatable is the point

    def read_ns(self) -> int:
        """Return the time as the program sees it when it looks at a clock."""
        if self.meter is not None:
            self.charge()
        elif self._looked_ns != self.now_ns:
            self._looked_ns, self._looks = self.now_ns, 0
        else:
            self._looks += 1
            if self._looks >= PATIENCE:
                self._lose_patience()
        return self.now_ns

    def _lose_patience(self) -> None:
        looker = (self.current, _running_task())
        if looker != self._looker:
            self._looker, self._looks = looker, 0
            return
        self.compute(LOOK_NS << min(self._looks // PATIENCE - 1, MOST_DOUBLINGS))
        self._looked_ns = self.now_ns

    # ---------------------------------------------------------------------------------- agenda

    def at(self, when_ns: int, action: Action) -> Event:
        """Let something happen at a time; what has the same time happens in the order of calls.

        Actions are the outside world: they run on whichever thread waits at that moment, must
        not block, and must not raise.
        """
        self._order += 1
        event = Event(max(when_ns, self.now_ns), action)
        heappush(self.agenda, (event.when_ns, self._order, event))
        return event

    def after(self, delay_ns: int, action: Action) -> Event:
        """Let something happen after a delay; not before what is due now already."""
        return self.at(self.now_ns + delay_ns, action)

    def next_ns(self) -> int | None:
        """When the next event happens, or None if there is none."""
        agenda = self.agenda
        while agenda and agenda[0][2].action is None:
            heappop(agenda)
        return agenda[0][0] if agenda else None

    def run_due(self) -> None:
        """Let happen what is due. A loop does so once a turn, as it would ask its selector."""
        if not self.agenda:
            return
        while (when_ns := self.next_ns()) is not None and when_ns <= self.now_ns:
            self._happen()

    def _happen(self) -> None:
        when_ns, _, event = heappop(self.agenda)
        action, event.action = event.action, None
        self.now_ns = max(self.now_ns, when_ns)
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
            SimulationOver: The run was stopped: nothing can ever wake anybody, or a limit is
                reached (both raised in the main thread), or it is over (in all others).
        """
        meter = None if self.current.cores is not None else self.meter
        if meter is not None:
            self._spend(meter.take(self.current))
        began_ns = self.now_ns
        until_ns = None if timeout_ns is None else began_ns + max(timeout_ns, 0)
        was_woken = self._wait(gate, until_ns)
        if self.on_held is not None and self.now_ns > began_ns:
            self.on_held(True, began_ns)  # noqa: FBT003  (who waits and who computes)
        if meter is not None:
            meter.skip(self.current)
        return was_woken

    def idle(self, gate: Gate, until_ns: int | None) -> None:
        """Wait as a loop with nothing to do: until its gate is opened, or until a time."""
        self._wait(gate, until_ns)
        self.run_due()
        if self.meter is not None:
            self.meter.skip(self.current)

    def _wait(self, gate: Gate, until_ns: int | None) -> bool:
        me = self.current
        if self._is_over and me is not self.main:
            self._unwind(me)
        if until_ns is not None and not self.runnable and until_ns <= self.limit_ns:
            next_ns = self.next_ns()
            if next_ns is None or next_ns > until_ns:
                self.now_ns = max(self.now_ns, until_ns)
                return False
        me.gate, me.since_ns, me.was_woken = gate, self.now_ns, False
        gate.waiting.append(me)
        timer = None
        if until_ns is not None:
            timer = self.at(until_ns, lambda: self._release(me, was_woken=False))
        try:
            self._hand_over(me)
        finally:
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
        if self.runnable:
            me = self.current
            self.runnable.append(me)
            self._hand_over(me)
            if self.meter is not None:
                self.meter.skip(me)

    def _release(self, thread: VirtualThread, *, was_woken: bool) -> None:
        if thread.gate is None:
            return
        thread.gate.waiting.remove(thread)
        thread.gate, thread.was_woken = None, was_woken
        self.runnable.append(thread)

    # ------------------------------------------------------------------------------- computing

    def charge(self) -> None:
        """Let pass what the calling thread has computed since it was charged last."""
        if self.meter is not None:
            self.compute(self.meter.take(self.current))

    def _spend(self, cost_ns: int) -> None:
        """Charge the calling thread without letting others run.

        It is about to wait, and whoever ran now could wake it before it does.
        """
        if cost_ns <= 0:
            return
        began_ns = self.now_ns
        self.current.computed_ns += cost_ns
        self.computed_ns += cost_ns
        self.now_ns += cost_ns
        if self.on_held is not None:
            self.on_held(False, began_ns)  # noqa: FBT003  (who waits and who computes)

    def compute(self, cost_ns: int) -> None:
        """Charge the calling thread for computing: time passes, and others get their share of it.

        As under the interpreter lock, only one thread computes at a time, and they take turns
        of ``SWITCH_INTERVAL_NS``.
        """
        if cost_ns <= 0:
            return
        began_ns = self.now_ns
        self.current.computed_ns += cost_ns
        if self.current.cores is None:
            self.computed_ns += cost_ns
        else:
            self.current.cores.compute(cost_ns)
            cost_ns = 0
        while cost_ns > 0:
            next_ns = self.next_ns()
            if self.runnable or (next_ns is not None and next_ns <= self.now_ns + cost_ns):
                spent_ns = min(cost_ns, SWITCH_INTERVAL_NS)
            else:
                spent_ns = cost_ns
            self.now_ns += spent_ns
            cost_ns -= spent_ns
            self.run_due()
            self.let_others_run()
        if self.on_held is not None:
            self.on_held(False, began_ns)  # noqa: FBT003  (who waits and who computes)
        if self.now_ns > self.limit_ns:
            self.stop("max-time")
        if self.meter is not None:
            self.meter.skip(self.current)

    # --------------------------------------------------------------------------------- threads

    def spawn(
        self, run: Action, name: str, start: Callable[[Action], int] | None = None
    ) -> VirtualThread:
        """Start a thread; it runs when the calling one waits.

        Args:
            run: What it does; must not raise.
            name: For reports.
            start: Starts a real thread that does what it is told, and returns its ident.
        """
        thread = VirtualThread(name)
        _acquire(thread.baton)
        self.threads.append(thread)

        def live() -> None:
            thread.native_id = _thread.get_native_id()
            _acquire(thread.baton)
            try:
                if not self._is_over:
                    if self.meter is not None:
                        self.meter.skip(thread)
                    run()
            except SystemExit:
                pass
            finally:
                self.threads.remove(thread)
                self._pass_on()

        thread.ident = _start_thread(live, ()) if start is None else start(live)
        self.runnable.append(thread)
        return thread

    def _hand_over(self, me: VirtualThread) -> None:
        """Let others run until it is this thread's turn again."""
        following = self._next_thread()
        if following is not me:
            self.current = following
            _acquire(me.baton, blocking=False)
            _release(following.baton)
            self._await_baton(me)
        self.current = me
        if me is self.main:
            self._raise_failure()
        elif self._is_over:
            self._unwind(me)

    def _await_baton(self, me: VirtualThread) -> None:
        while True:
            try:
                _acquire(me.baton)
            except BaseException as error:  # a signal's handler raised, so this is main
                if self._failure is not None:
                    raise  # asked for twice: do not wait for the others any longer
                self._failure = error
                if self.current is me:
                    return
            else:
                return

    def _next_thread(self) -> VirtualThread:
        """Who runs next; while nobody can, let the next event happen."""
        if self._failure is not None:
            self._release(self.main, was_woken=False)
        while not self.runnable:
            next_ns = self.next_ns()
            if next_ns is None:
                self._arrange_stop("deadlock")
            elif next_ns > self.limit_ns:
                self._arrange_stop("max-time")
            else:
                self._happen()
        return self.runnable.popleft()

    def _pass_on(self) -> None:
        """The calling thread ends: whose turn is it?"""
        following = self._next_thread()
        self.current = following
        _release(following.baton)

    # ------------------------------------------------------------------------------ the end

    def stop(self, reason: str) -> None:
        """Stop the run: the main thread raises, here if it is the calling one."""
        self._arrange_stop(reason)
        if self.current is self.main:
            self._raise_failure()

    def _arrange_stop(self, reason: str) -> None:
        if self.verdict is None:
            self.verdict = self.on_stop(reason)
        self._failure = SimulationOver()
        self.limit_ns = max(self.limit_ns, self.now_ns + GRACE_NS)
        self.step_limit = max(self.step_limit, self.steps + GRACE_STEPS)
        self._release(self.main, was_woken=False)

    def _raise_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def close(self) -> None:
        """End the simulation: threads that still wait unwind. Called by the main thread."""
        self._is_over = True
        self._failure = None
        while len(self.threads) > 1:
            for thread in self.threads:
                self._release(thread, was_woken=False)
            self.let_others_run()

    def _unwind(self, me: VirtualThread) -> None:
        """Raise in a thread of a simulation that is over; park one that will not end."""
        me.unwindings += 1
        if me.unwindings > MOST_UNWINDINGS:
            self.threads.remove(me)
            self._pass_on()
            _acquire(me.baton, blocking=False)
            _acquire(me.baton)
        raise SystemExit  # itself: of all exceptions, only this one ends a thread in silence


def _running_task() -> int:
    """Return which task runs on this thread, 0 if none does."""
    try:
        return id(asyncio.current_task())
    except RuntimeError:
        return 0


def _stopped(reason: str) -> SimulationError:
    return SimulationError(f"The simulation was stopped ({reason}).", slug="simulation-stopped")
