"""What is watched for while a run goes on: tasks that are lost, steps that hold the loop."""

import asyncio
import asyncio.runners
import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from loopscope.check.places import created_by, raised_at, stands_at
from loopscope.check.promises import Promises
from loopscope.check.tasks import name_of
from loopscope.simulator.loop import VirtualLoop
from loopscope.simulator.world import World

if TYPE_CHECKING:
    from types import FrameType

_TURNS: Final = VirtualLoop._run_once.__code__  # noqa: SLF001  (under every step is this frame)


@dataclass(frozen=True, slots=True)
class Loss:
    """A task that was lost.

    Attributes:
        what: What became of it, in one sentence.
        where: The line at which it stood.
    """

    what: str
    where: str


@dataclass(frozen=True, slots=True)
class Hold:
    """A step that held the loop.

    Attributes:
        ns: For how long.
        where: The line that held it last.
    """

    ns: int
    where: str


class Watch:
    """What was seen of one run.

    Attributes:
        lost: Tasks whose exception nobody looked at, or that were destroyed while they waited.
        unfinished: Tasks that the end of ``asyncio.run`` cancelled.
        hold: The step that held the loop longest; None if none did.
    """

    def __init__(self, world: World) -> None:
        self.lost: list[Loss] = []
        self.unfinished: list[Loss] = []
        self.hold: Hold | None = None
        self._world = world
        self._step: tuple[int, FrameType | None] = (-1, None)
        self._held_ns = 0

    def note_context(self, context: dict[str, Any]) -> None:
        """A loop was told of something that went wrong."""
        message, error = str(context.get("message", "")), context.get("exception")
        task = context.get("task") or context.get("future")
        if message.startswith("Task was destroyed") and isinstance(task, asyncio.Task):
            self.lost.append(
                Loss(f"{name_of(task)} was destroyed while it waited", created_by(task))
            )
        elif "was never retrieved" in message and isinstance(error, BaseException):
            self._note_unseen(task, error)

    def note_ended(self, loop: asyncio.AbstractEventLoop) -> None:
        """``asyncio.run`` is about to cancel what is left."""
        for task in asyncio.all_tasks(loop):
            self.unfinished.append(
                Loss(f"{name_of(task)} was not finished when the program ended", created_by(task))
            )

    def note_tasks(self) -> None:
        """The program is over: look at tasks whose exception nobody has looked at so far."""
        known = vars(asyncio.tasks)
        tasks = list(known.get("_scheduled_tasks", known.get("_all_tasks", ())))  # since 3.12, 3.11
        own = [one for one in tasks if getattr(one.get_loop(), "_world", None) is self._world]
        for task in sorted(own, key=hash):
            error = getattr(task, "_exception", None)
            if error is not None and task._log_traceback:  # noqa: SLF001  (there is no public way)
                task._log_traceback = False  # noqa: SLF001  (it is told here)
                self._note_unseen(task, error)

    def note_held(self, is_waiting: bool, since_ns: int) -> None:  # noqa: ARG002
        """A thread waited or computed since then."""
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001
        innermost, outermost = frame, None
        while frame is not None and frame.f_code is not _TURNS:
            frame, outermost = frame.f_back, frame
        if frame is None:
            return
        step = (self._world.steps, outermost)
        if step[0] != self._step[0] or step[1] is not self._step[1]:
            self._step, self._held_ns = step, 0
        self._held_ns += self._world.now_ns - since_ns
        if self.hold is None or self._held_ns > self.hold.ns:
            self.hold = Hold(self._held_ns, stands_at(innermost))

    def close(self) -> None:
        """Let go of the program's frames."""
        self._step = (-1, None)

    def _note_unseen(self, task: Any, error: BaseException) -> None:  # noqa: ANN401
        if isinstance(task, asyncio.Task):
            what = f"{name_of(task)} raised {type(error).__name__}, and nobody looked at it"
            self.lost.append(Loss(what, raised_at(error)))


@contextlib.contextmanager
def watched(world: World, promises: Promises) -> Iterator[Watch]:
    """Watch what goes on in a world while the block runs."""
    watch = Watch(world)
    cancel_all, told = asyncio.runners._cancel_all_tasks, VirtualLoop.call_exception_handler  # type: ignore[attr-defined]  # noqa: SLF001

    def cancel_rest(loop: asyncio.AbstractEventLoop) -> None:
        watch.note_ended(loop)
        cancel_all(loop)

    def tell(loop: VirtualLoop, context: dict[str, Any]) -> None:
        watch.note_context(context)
        told(loop, context)

    asyncio.runners._cancel_all_tasks = cancel_rest  # type: ignore[attr-defined]  # noqa: SLF001
    VirtualLoop.call_exception_handler = tell  # type: ignore[assignment, method-assign]
    if promises.no_stall_ns is not None:
        _listen(world, watch)
    try:
        yield watch
    finally:
        asyncio.runners._cancel_all_tasks = cancel_all  # type: ignore[attr-defined]  # noqa: SLF001
        del VirtualLoop.call_exception_handler
        watch.close()


def _listen(world: World, watch: Watch) -> None:
    before = world.on_held

    def on_held(is_waiting: bool, since_ns: int) -> None:
        if before is not None:
            before(is_waiting, since_ns)
        watch.note_held(is_waiting, since_ns)

    world.on_held = on_held
