"""Steers the waits of one run: notes each, and makes one of them slow, instant or fail."""

import asyncio.futures
import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any, Final

from loopscope.check.fixing.branches import Branch, Branches
from loopscope.check.fixing.schedule import Leaf, Schedule, Turn
from loopscope.check.surroundings import SIGMA
from loopscope.simulator.hosts.description import Failure
from loopscope.simulator.hosts.steer import Asked
from loopscope.simulator.loop import VirtualLoop

_LONGEST_WHAT: Final = 80
_LEAST_DRAWN_NS: Final = 20_000_000
"""What takes no time by itself takes about so long where durations are drawn anew."""

_wakes_sleeper: Final = asyncio.futures._set_result_unless_cancelled  # type: ignore[attr-defined]  # noqa: SLF001
"""What the timer of ``asyncio.sleep`` calls, and no other."""


class Steering:
    """Hears of every wait on the outside.

    Args:
        schedule: What is otherwise than usual.
        branches: The branches of the run.

    Attributes:
        requests: What hosts were asked for: the host, what, and whether it is a read.
        has_acted: Whether the wait came by that the schedule means.
    """

    def __init__(self, schedule: Schedule, branches: Branches) -> None:
        self._schedule = schedule
        self._branches = branches
        self.requests: list[tuple[str, str, bool]] = []
        self.has_acted = schedule.turn in (Turn.NATURAL, Turn.SEED)

    def arrived(
        self, host: str, asked: Asked, delay_ns: int, failure: Failure | None
    ) -> tuple[int, Failure | None]:
        """A request arrived at a host."""
        body = asked.body.decode(errors="replace")
        self.requests.append((host, f"{asked.text} {body}".strip(), asked.is_read))
        what = f"{asked.text or 'what is sent'} at {host}"
        kind = "http" if "/" in asked.text else "host"
        leaf = Leaf((), 0, kind, what[:_LONGEST_WHAT], delay_ns, host, asked.is_read)
        turn, delay_ns = self._steered(leaf)
        if turn is Turn.RESET:
            failure = Failure("reset", 1.0)
        elif turn is Turn.STATUS:
            failure = Failure("status", 1.0, status=503)
        return delay_ns, failure

    def _steered(self, leaf: Leaf) -> tuple[Turn, int]:
        """Note a wait, and return what becomes of it: how it goes, and how long it takes."""
        branch, schedule, lasts_ns = self._branches.current, self._schedule, leaf.lasts_ns
        if branch is None:
            return Turn.NATURAL, lasts_ns
        number = sum(one.what == leaf.what for one in branch.leaves)
        branch.leaves.append(replace(leaf, label=branch.label, number=number))
        if schedule.turn is Turn.SEED:
            return Turn.SEED, self._drawn(branch, leaf.what, number, lasts_ns)
        if (schedule.label, schedule.what, schedule.number) != (branch.label, leaf.what, number):
            return Turn.NATURAL, lasts_ns
        if schedule.turn is not Turn.NATURAL:
            self.has_acted = True
        if schedule.turn is Turn.SLOW:
            return Turn.SLOW, lasts_ns + schedule.slow_ns
        return schedule.turn, 0 if schedule.turn is Turn.INSTANT else lasts_ns

    def _drawn(self, branch: Branch, what: str, number: int, lasts_ns: int) -> int:
        name = f"{self._schedule.seed} {branch.label} {what} {number}"
        random = Random(name)  # noqa: S311  (repeatable)
        return round((lasts_ns or _LEAST_DRAWN_NS) * random.lognormvariate(0, SIGMA))

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Hear of sleeps, and of work in threads, during the block."""
        call_later, run_in_executor = VirtualLoop.call_later, VirtualLoop.run_in_executor

        def set_timer(loop: Any, delay: Any, callback: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401
            if callback is _wakes_sleeper and isinstance(delay, int | float):
                leaf = Leaf((), 0, "sleep", f"a sleep of {delay:g} s", round(delay * 1e9))
                _, lasts_ns = self._steered(leaf)
                delay = lasts_ns / 1e9
            return call_later(loop, delay, callback, *args, **options)

        def run(loop: Any, executor: Any, function: Callable[..., Any], *args: Any) -> Any:  # noqa: ANN401
            if not getattr(function, "__module__", "").startswith("loopscope."):
                leaf = Leaf((), 0, "thread", f"{_name(function)}() in a thread", 0)
                _, lasts_ns = self._steered(leaf)
                function = _after(lasts_ns, function) if lasts_ns else function
            return run_in_executor(loop, executor, function, *args)

        VirtualLoop.call_later = set_timer  # type: ignore[assignment, method-assign]
        VirtualLoop.run_in_executor = run  # type: ignore[assignment, method-assign]
        try:
            yield
        finally:
            VirtualLoop.call_later = call_later  # type: ignore[method-assign]
            if "run_in_executor" in vars(VirtualLoop):
                del VirtualLoop.run_in_executor


def _after(lasts_ns: int, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that waits for a while in its thread before it calls another."""

    def call(*args: Any) -> Any:  # noqa: ANN401
        time.sleep(lasts_ns / 1e9)  # noqa: TID251  (it is virtual: a thread of the program waits)
        return function(*args)

    return call


def _name(function: Any) -> str:  # noqa: ANN401  (whatever can be called)
    while isinstance(function, partial):  # as ``asyncio.to_thread`` wraps it
        function = function.args[0] if function.args else function.func
    return getattr(function, "__name__", "a function")
