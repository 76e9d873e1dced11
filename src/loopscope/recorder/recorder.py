"""Records every event loop of this process into one trace, from ``start`` to ``stop``."""

import asyncio
import functools
import itertools
import logging
import os
import platform
import sys
import threading
import time
import weakref
from asyncio.base_events import BaseEventLoop
from pathlib import Path
from typing import Any, Final

from loopscope.frames import Stack
from loopscope.model.kinds import Lapse
from loopscope.recorder.held import HoldWitness
from loopscope.recorder.interner import Interner
from loopscope.recorder.loop_hook import HAS_EAGER_TASKS, LoopHook, has_started
from loopscope.recorder.probe import choose_probe
from loopscope.recorder.registry import Registry
from loopscope.recorder.stage import Stage, real_stage
from loopscope.recorder.watchdog import STALL_NS, Watchdog
from loopscope.recorder.witnesses import (
    CollectorWitness,
    Patch,
    job_witness,
    never_awaited_witness,
)
from loopscope.trace.layout import TASK_EAGER, Kind
from loopscope.trace.writer import TraceWriter

_log = logging.getLogger("loopscope")


class Recorder:
    """One recording.

    Args:
        path: Where the trace goes; an existing file is replaced.
        program: What is recorded, for the trace's header: the script's path or module name.
        stage: Where; None for this process, now.

    Raises:
        RecordError: The trace cannot be written.
    """

    def __init__(self, path: Path, program: str, stage: Stage | None = None) -> None:
        self.path = path
        self.probe_name, probe = choose_probe()
        stage = stage or real_stage()
        origin_ns = stage.origin_ns
        meta = _describe_process(program, self.probe_name) | stage.about
        self._writer = TraceWriter(path, meta, origin_ns=origin_ns, wall_ns=stage.wall_ns)
        interner = Interner(self._writer)
        self._interner = interner
        self._registry = Registry(self._writer, interner, self._give_up)
        clock = stage.clock
        if stage.is_real and self.probe_name != "c":
            clock = time.monotonic_ns
        self._tables = probe.Tables(self._registry, clock, origin_ns, self._writer.lost_cell)
        self._registry.tables = self._tables
        self._probe = probe
        self._loops: weakref.WeakKeyDictionary[Any, LoopHook] = weakref.WeakKeyDictionary()
        self._running: dict[int, LoopHook] = {}
        self._numbers = itertools.count(1)
        self._gave_up = False
        self._patches = self._make_patches(stage)
        self._watchdog = self._make_watchdog() if stage.is_real else self._hold_witness()

    def start(self) -> None:
        """Begin to record; the loop that runs on this thread, if any, at once."""
        _active.append(self)
        for patch in self._patches:
            patch.install()
        self._watchdog.ensure_started()
        loop = asyncio._get_running_loop()
        if isinstance(loop, BaseEventLoop):
            hook = self._hook(loop)
            hook.begin_inside()
            self._running[hook.thread] = hook

    def stop(self) -> None:
        """Stop recording, give every loop its own queue back, and complete the trace."""
        for patch in reversed(self._patches):
            patch.remove()
        here = threading.get_ident()
        for hook in list(self._loops.values()):
            hook.remove(running_here=self._running.get(here) is hook)
        self._running.pop(here, None)
        # It is waited for, and no step may seem to be held by that: so after all steps have ended.
        self._watchdog.stop()
        self._tables.stop()
        end = self._tables.now()
        if not self._gave_up:
            self._note_survivors(end)
            self._note_unseen_loops(end)
        self._writer.close(end, detached=self._gave_up)
        _active.remove(self)

    def abandon(self) -> None:
        """Leave the trace to the parent process: this is a forked child."""
        self._tables.stop()
        self._writer.abandon()
        for patch in reversed(self._patches):
            patch.remove()
        _active.remove(self)

    def note_held(self, waited: bool, began_ns: int, stack: Stack | None = None) -> None:
        """Be told, by a simulation, that the calling thread waited or else computed since then."""
        if self._tables.active and isinstance(self._watchdog, HoldWitness):
            self._watchdog.note(waited, began_ns, stack)

    def _make_watchdog(self) -> Watchdog | HoldWitness:
        return Watchdog(
            lambda: list(self._running.values()),
            self._tables,
            self._writer,
            self._interner,
            self._give_up,
        )

    def _hold_witness(self) -> HoldWitness:
        def running_here() -> LoopHook | None:
            return self._running.get(threading.get_ident())

        return HoldWitness(running_here, self._tables.now, self._writer, self._interner)

    def _make_patches(self, stage: Stage) -> list[Patch | CollectorWitness]:
        now = self._tables.now
        patches: list[Patch | CollectorWitness] = [
            Patch(BaseEventLoop, "__init__", self._patched_init()),
            Patch(BaseEventLoop, "run_forever", self._patched_run_forever()),
            Patch(BaseEventLoop, "call_exception_handler", self._patched_handler()),
            job_witness(self._registry, now),
            never_awaited_witness(self._registry, now, self._task_here),
        ]
        if stage.is_real:
            witness = CollectorWitness(self._registry, now, self._loop_here, self._sign_of_life)
            patches.append(witness)
        if HAS_EAGER_TASKS:
            factory = self._patched_set_task_factory()
            patches.append(Patch(BaseEventLoop, "set_task_factory", factory))
            tasks = asyncio.tasks._scheduled_tasks  # type: ignore[attr-defined]
            patches.append(Patch(tasks, "add", self._patched_add(tasks)))
        return patches

    def _patched_init(self) -> Any:
        original = BaseEventLoop.__init__

        @functools.wraps(original)
        def init(loop: Any, *args: Any, **kwargs: Any) -> None:
            original(loop, *args, **kwargs)
            try:
                self._hook(loop)
            except Exception as error:  # noqa: BLE001  (must never reach the program)
                self._give_up(error)

        return init

    def _patched_run_forever(self) -> Any:
        original = BaseEventLoop.run_forever

        @functools.wraps(original)
        def run_forever(loop: Any) -> None:
            here = threading.get_ident()
            outer = self._running.get(here)
            hook = self._begin_run(loop, here)
            try:
                original(loop)
            finally:
                if hook is not None:
                    self._end_run(hook, here, outer)

        return run_forever

    def _begin_run(self, loop: Any, thread: int) -> LoopHook | None:
        try:
            self._watchdog.ensure_started()
            hook = self._hook(loop)
            hook.begin_run()
        except Exception as error:  # noqa: BLE001  (must never reach the program)
            self._give_up(error)
            return None
        self._running[thread] = hook
        return hook

    def _end_run(self, hook: LoopHook, thread: int, outer: LoopHook | None) -> None:
        if outer is None:
            self._running.pop(thread, None)
        else:
            self._running[thread] = outer
        try:
            hook.end_run()
        except Exception as error:  # noqa: BLE001
            self._give_up(error)

    def _patched_handler(self) -> Any:
        original = BaseEventLoop.call_exception_handler

        @functools.wraps(original)
        def call_exception_handler(loop: Any, context: dict[str, Any]) -> None:
            self._note_lapse(context)
            original(loop, context)

        return call_exception_handler

    def _patched_set_task_factory(self) -> Any:
        original = BaseEventLoop.set_task_factory

        @functools.wraps(original)
        def set_task_factory(loop: Any, factory: Any) -> None:
            original(loop, factory)
            self._hook(loop).watch_factory()

        return set_task_factory

    def _patched_add(self, tasks: Any) -> Any:
        original = tasks.add

        def add(task: Any) -> None:
            original(task)
            self._note_started_task(task)

        return add

    def _note_started_task(self, task: Any) -> None:
        """See a task that a library started eagerly past ``create_task`` (aiohttp does).

        asyncio registers it when its first step is over, still inside its creator's step.
        """
        try:
            if not self._tables.active or self._tables.entity_of(task):
                return
            hook = self._running.get(threading.get_ident())
            coroutine = task.get_coro()
            if hook is None or coroutine in hook.starting or not has_started(coroutine):
                return
            parent, now = hook.queue.running_task(), self._tables.now()
            self._registry.waiting_task(task, now, parent, TASK_EAGER)
        except Exception as error:  # noqa: BLE001  (must never reach the program)
            self._give_up(error)

    def _hook(self, loop: Any) -> LoopHook:
        hook = self._loops.get(loop)
        if hook is None:
            hook = LoopHook(loop, next(self._numbers), self._probe, self._registry, self._tables)
            self._loops[loop] = hook
        return hook

    def _note_lapse(self, context: dict[str, Any]) -> None:
        message = str(context.get("message", ""))
        task = context.get("task", context.get("future"))
        lapse = next((kind for text, kind in _LAPSES if message.endswith(text)), None)
        entity = self._registry.entity_ever(task) if task is not None else 0
        if lapse is not None and entity:
            self._registry.lapse(entity, lapse, self._tables.now())

    def _note_survivors(self, now: int) -> None:
        """Look at the tasks that still exist: what became of them is not known otherwise."""
        for entity, task in sorted(self._registry.alive(), key=lambda pair: pair[0]):
            self._registry.settled(entity, task, now)
            if not task.done():
                self._registry.lapse(entity, Lapse.PENDING_AT_END, now)
            elif getattr(task, "_log_traceback", False):
                self._registry.lapse(entity, Lapse.EXCEPTION_NEVER_RETRIEVED, now)

    def _note_unseen_loops(self, now: int) -> None:
        """Say why there may be nothing to show, where a program brings loops of its own."""
        has_seen_none = next(self._numbers) == 1
        if has_seen_none and "uvloop" in sys.modules:
            self._writer.fact(Kind.NOTE, now, self._interner.string(_UVLOOP))

    def _sign_of_life(self) -> None:
        if self._tables.active:
            self._watchdog.ensure_started()

    def _task_here(self) -> int:
        hook = self._running.get(threading.get_ident())
        return hook.queue.running_task() if hook is not None else 0

    def _loop_here(self) -> int:
        hook = self._running.get(threading.get_ident())
        return hook.loop if hook is not None else 0

    def _give_up(self, error: BaseException) -> None:
        """The recorder itself has failed: say so once, and let the program go on without it."""
        if self._gave_up:
            return
        self._gave_up = True
        self._tables.stop()
        note = self._interner.string(f"{type(error).__name__}: {error}")
        self._writer.fact(Kind.NOTE, self._tables.now(), note)
        _log.error(
            "loopscope has stopped recording because of an error of its own; your program goes "
            "on. Please report this.",
            exc_info=error,
        )


_UVLOOP: Final = (
    "uvloop is loaded: its loops keep their ready queue out of reach, so they cannot be recorded. "
    "Let the program use asyncio's own loop (uvicorn --loop asyncio)."
)

_LAPSES: Final = (
    ("exception was never retrieved", Lapse.EXCEPTION_NEVER_RETRIEVED),
    ("was destroyed but it is pending!", Lapse.DESTROYED_PENDING),
)

_active: list[Recorder] = []


def active_recorder() -> Recorder | None:
    """Return the recorder of this process, None when nothing is recorded."""
    return _active[-1] if _active else None


def _abandon_in_child() -> None:
    while _active:
        _active[-1].abandon()


def _rest_before_fork() -> None:
    for recorder in _active:
        recorder._watchdog.rest()


if hasattr(os, "register_at_fork"):
    # Without a thread of ours a fork is as safe as before. Python 3.12 warns of a fork in a
    # process with threads, and counts them only after its hooks have run in the parent: so the
    # watchdog does not come back in such a hook but with the next sign of life.
    os.register_at_fork(before=_rest_before_fork, after_in_child=_abandon_in_child)


def _describe_process(program: str, probe: str) -> dict[str, Any]:
    return {
        "program": program,
        "argv": [argument[:200] for argument in sys.argv[:50]],
        "directory": str(Path.cwd()),
        "python": platform.python_version(),
        "platform": sys.platform,
        "probe": probe,
        "stall_ns": STALL_NS,
        "cpus": os.cpu_count() or 0,
    }
