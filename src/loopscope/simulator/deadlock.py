"""Says why a run was stopped: who waits for whom, at which lines, and who holds what."""

import asyncio
import linecache
import os
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any, Final

from loopscope.errors import SimulationError
from loopscope.simulator.anyio_waits import is_of_anyio, kind_of, owners_of
from loopscope.simulator.program_lines import is_users
from loopscope.simulator.waiting import WaitingTask, end_of, look_at, thread_frames
from loopscope.simulator.world import World
from loopscope.simulator.world_parts import VirtualThread

MOST_LISTED: Final = 20
LONGEST_LINE: Final = 90

Waiter = asyncio.Task[Any] | VirtualThread


def verdict(world: World, reason: str) -> SimulationError:
    """Return what there is to say of a run that was stopped.

    Args:
        world: The world, as it is at that moment.
        reason: ``deadlock``, ``max-time`` or ``max-steps``.
    """
    report = _Report(world)
    when = f"{world.now_ns / 1e9:.9g} s"
    if reason == "deadlock":
        return SimulationError(
            f"The program is deadlocked: at {when} every task and thread waits, and nothing is "
            "left that could wake one.\n" + report.text(),
            slug="deadlock",
        )
    if reason == "max-time":
        return SimulationError(
            f"The program was stopped at {when} of virtual time, since its next event is beyond "
            "the limit of time: raise the limit (--max-time) if it is to end at all.\n"
            + report.text(),
            slug="time-limit",
        )
    steps = min(world.steps, world.step_limit)  # a turn may have been begun with fewer
    return SimulationError(
        f"The program was stopped at {when} after {steps:,} steps, the most it may run: "
        "raise the limit (--max-steps) if it is to end at all.\n" + report.text(),
        slug="step-limit",
    )


class _Report:
    """What everybody waits for, worked out once."""

    def __init__(self, world: World) -> None:
        self._world = world
        tasks = _all_tasks(world)
        self._names = _names(tasks)
        self._tasks = [look_at(task, tasks) for task in tasks]
        self._threads = [thread for thread in world.threads if thread.gate is not None]
        self._holders_of: dict[int, list[asyncio.Task[Any]]] = {}
        self._held_by: dict[asyncio.Task[Any], list[Any]] = {}
        for one in self._tasks:
            for lock in one.holds:
                self._note(lock, one.task)
        for one in self._tasks:
            for owner in owners_of(one.awaited, tasks):
                self._note(one.awaited, owner)
        self._labels: dict[int, str] = {}
        self._counts: dict[str, int] = {}
        self._idle_gates = [loop._gate for loop in _loops(world)]

    def _note(self, lock: Any, holder: "asyncio.Task[Any]") -> None:
        holders = self._holders_of.setdefault(id(lock), [])
        if holder not in holders:
            holders.append(holder)
            self._held_by.setdefault(holder, []).append(lock)

    def text(self) -> str:
        """Return the lines, one entry for each task and each thread that is no idle loop."""
        threads = [one for one in self._threads if one.gate not in self._idle_gates]
        hidden = len(threads) + len(self._tasks) - MOST_LISTED
        entries = [self._thread_lines(thread) for thread in threads[:MOST_LISTED]]
        entries += [self._task_lines(task) for task in self._tasks[: MOST_LISTED - len(entries)]]
        lines = [line for entry in entries for line in entry]
        if hidden > 0:
            lines.append(f"  ... and {hidden:,} more")
        circle = self._circle()
        if circle:
            lines += ["", "  They wait in a circle: " + " -> ".join(circle)]
        return "\n".join(lines)

    # ---------------------------------------------------------------------------- entries

    def _task_lines(self, waiting: WaitingTask) -> list[str]:
        what = self._awaited(waiting)
        held = [self._label(lock) for lock in self._held_by.get(waiting.task, [])]
        also = f", and holds {_listed(held)}" if held else ""
        return [f"  {self._name(waiting.task)} {what}{also}", *_place_lines(waiting.place())]

    def _awaited(self, waiting: WaitingTask) -> str:
        task, verb = waiting.task, waiting.verb
        if asyncio.current_task(task.get_loop()) is task:
            return "runs, and holds its loop"
        if getattr(task, "_fut_waiter", None) is None:
            return "is ready to run"
        if verb == "sleeps":
            delay = waiting.awaited
            return "sleeps for ever" if delay == float("inf") else f"sleeps {delay} s"
        return f"{verb} {self._thing(waiting)}"

    def _thing(self, waiting: WaitingTask) -> str:
        awaited = waiting.awaited
        if awaited is None:
            return "a future that nothing has completed"
        if isinstance(awaited, str):
            return awaited
        if isinstance(awaited, list):
            return _listed([self._name(one) for one in awaited[:MOST_LISTED]]) or "nothing"
        if waiting.is_for_notice():
            return f"{self._label(awaited)}, which nobody has notified"
        holders = [self._name(one) for one in self._holders(awaited)]
        return f"{self._label(awaited)}{_held_by(awaited, holders)}"

    def _thread_lines(self, thread: VirtualThread) -> list[str]:
        gate = thread.gate
        assert gate is not None  # noqa: S101  (the list was made so)
        frames = thread_frames(thread.ident)
        own = [frame for frame in frames if is_users(frame)]
        task = self._task_on(thread)
        inside = f" in {self._name(task)}, and holds its loop" if task is not None else ""
        what = f"{gate.what}{_had_by(thread)} (since {thread.since_ns / 1e9:.9g} s)"
        return [
            f"  thread {thread.name} waits for {what}{inside}",
            *_place_lines(own[-1] if own else None),
        ]

    def _task_on(self, thread: VirtualThread) -> "asyncio.Task[Any] | None":
        for loop in _loops(self._world):
            if loop._thread_id == thread.ident:
                return asyncio.current_task(loop)
        return None

    # ------------------------------------------------------------------------ who holds what

    def _holders(self, lock: Any) -> "list[asyncio.Task[Any]]":
        return self._holders_of.get(id(lock), [])

    def _name(self, waiter: Any) -> str:
        """Return the name of a task or a thread; what else is waited for is a future."""
        if isinstance(waiter, VirtualThread):
            return f"thread {waiter.name}"
        if not isinstance(waiter, asyncio.Task):
            return "a future"
        return self._names.get(waiter) or _task_name(waiter)

    def _label(self, thing: Any) -> str:
        label = self._labels.get(id(thing))
        if label is None:
            kind = kind_of(thing) or type(thing).__name__.lower()
            self._counts[kind] = self._counts.get(kind, 0) + 1
            label = self._labels[id(thing)] = f"{kind} {self._counts[kind]}"
        return label

    def _circle(self) -> list[str]:
        """Return the names of those who wait for each other in a circle, the first twice."""
        edges = self._edges()
        for start in edges:
            path, seen, at = [start], {start}, start
            while (following := edges.get(at)) is not None:
                path.append(following)
                if following is at:
                    break  # which is said of itself already
                if following in seen:
                    return [self._name(one) for one in path[path.index(following) :]]
                seen.add(following)
                at = following
        return []

    def _edges(self) -> dict[Waiter, Waiter]:
        """Return for each waiter the one that it waits for, where that is a single one."""
        edges: dict[Waiter, Waiter] = {}
        for waiting in self._tasks:
            awaited = waiting.awaited
            if waiting.is_for_notice():
                continue
            found = awaited if isinstance(awaited, list) else self._holders(awaited)
            if len(found) == 1 and isinstance(found[0], asyncio.Task):
                edges[waiting.task] = found[0]
        for thread in self._threads:
            if thread.gate is not None and thread.gate.holder is not None:
                edges[thread] = thread.gate.holder
        return edges


def _loops(world: World) -> list[Any]:
    loops = [ref() for ref in world.loops]
    return [loop for loop in loops if loop is not None and not loop.is_closed()]


def _all_tasks(world: World) -> "list[asyncio.Task[Any]]":
    return [task for loop in _loops(world) for task in sorted(asyncio.all_tasks(loop), key=hash)]


def _names(tasks: "list[asyncio.Task[Any]]") -> "dict[asyncio.Task[Any], str]":
    """Return the names of tasks, with numbers where several have the same one."""
    names = {task: _task_name(task) for task in tasks}
    counts = Counter(names.values())
    numbers: Counter[str] = Counter()
    for task, name in names.items():
        numbers[name] += 1
        if counts[name] > 1:
            names[task] = f"{name} #{numbers[name]}"
    return names


def _task_name(task: "asyncio.Task[Any]") -> str:
    coroutine = task.get_coro()
    function = getattr(coroutine, "__name__", "")
    name = task.get_name()
    is_said = not function or f".{name}".endswith(f".{function}")
    if is_said or is_of_anyio(getattr(coroutine, "cr_code", None)):
        return name  # a task of anyio's may run a function of anyio around the one that it names
    return f"{name} ({function})"


def _had_by(thread: VirtualThread) -> str:
    gate = thread.gate
    if gate is None or gate.holder is None or gate.what == end_of(gate.holder):
        return ""
    who = "it" if gate.holder is thread else f"thread {gate.holder.name}"
    return f", which {who} has" + (" already" if gate.holder is thread else "")


def _held_by(thing: Any, holders: list[str]) -> str:
    if holders:
        return f", which {_listed(holders)} {'has' if len(holders) == 1 else 'have'}"
    if isinstance(thing, asyncio.Queue) and not thing.empty() and not thing.full():
        return f", of which {thing.qsize()} are left"
    if isinstance(thing, asyncio.Queue):
        return f", which is {'full' if thing.full() else 'empty'}"
    told = _STATES_OF_ANYIO.get(kind_of(thing))
    return told or next((words for kind, words in _STATES.items() if isinstance(thing, kind)), "")


_BY_HAND: Final = ", which was taken without 'async with' and not given back"
_NOT_SET: Final = ", which nobody has set"
_USED_UP: Final = ", which is used up, though no task is in its 'async with'"
_STATES: Final = {
    asyncio.Event: _NOT_SET,
    asyncio.Semaphore: _USED_UP,
    asyncio.Lock: _BY_HAND,
    asyncio.Condition: _BY_HAND,
}
"""What to say of a thing that no task is known to have."""

_HAS_ENDED: Final = ", which a task has that has ended"
_STATES_OF_ANYIO: Final = {
    "event": _NOT_SET,
    "semaphore": _USED_UP,
    "capacity limiter": ", which is used up, though no task has borrowed of it",
    "lock": _HAS_ENDED,
    "condition": _HAS_ENDED,
}
"""The same of things of anyio, which knows the tasks that have them."""


def _listed(names: list[str]) -> str:
    return (
        names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
    )


def _place_lines(frame: FrameType | None) -> list[str]:
    if frame is None:
        return []
    path, line = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(path, line).strip()[:LONGEST_LINE]
    here = f"{Path.cwd()}{os.sep}"
    shown = path.removeprefix(here)
    return [f"      at {shown}:{line}, in {frame.f_code.co_name}" + (f": {text}" if text else "")]
