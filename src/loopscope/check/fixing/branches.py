"""Knows at every moment which branch of a candidate runs: the marks in the marked source."""

import asyncio
import builtins
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from loopscope.check.fixing.schedule import Label, Leaf
from loopscope.source.rewrite.outcome import BRANCH, ROUNDS

_here: ContextVar["Branch | None"] = ContextVar("loopscope_branch", default=None)
_round: ContextVar[int] = ContextVar("loopscope_round", default=-1)


@dataclass(slots=True, eq=False)
class Branch:
    """One branch on one of its ways through.

    Attributes:
        label: Which branch.
        visit: Which time the candidate was come by: the task, and how often it had come before.
        printed: What it printed.
        result: A picture of what it brought; "" while it is not done.
        begun_ns: When it began to wait.
        ended_ns: When it was done.
        leaves: Its waits on the outside so far.
    """

    label: Label
    visit: tuple[int, int]
    printed: list[str] = field(default_factory=list)
    result: str = ""
    begun_ns: int = -1
    ended_ns: int = -1
    leaves: list[Leaf] = field(default_factory=list)


class Branches:
    """The branches of one run.

    Args:
        now_ns: Returns the virtual time.
        picture: Makes a text of what a branch brought.
    """

    def __init__(self, now_ns: Callable[[], int], picture: Callable[[object], str]) -> None:
        self.all: list[Branch] = []
        self._now_ns = now_ns
        self._picture = picture
        self._counts: dict[tuple[object, Label], int] = {}

    @property
    def current(self) -> Branch | None:
        """The branch that runs just now."""
        return _here.get()

    def branch(self, number: int) -> Callable[[Awaitable[Any]], Any]:
        """Begin a branch: what is called until its awaitable is there belongs to it already.

        Returns:
            What takes the awaitable, and returns a coroutine that awaits it for the branch.
        """
        rounds = _round.get()
        label = (number,) if rounds < 0 else (rounds, number)
        task = asyncio.current_task()
        count = self._counts[task, label] = self._counts.get((task, label), 0) + 1
        branch = Branch(label, (id(task), count))
        self.all.append(branch)
        before = _here.get()
        _here.set(branch)

        def take(awaitable: Awaitable[Any]) -> Any:  # noqa: ANN401  (as it comes)
            _here.set(before)
            return self._run(branch, awaitable)

        return take

    async def _run(self, branch: Branch, awaitable: Awaitable[Any]) -> Any:  # noqa: ANN401
        before = _here.get()
        _here.set(branch)
        branch.begun_ns = self._now_ns()
        try:
            result = await awaitable
            branch.result = self._picture(result)
        except BaseException as error:
            branch.result = f"raised {type(error).__name__}"
            raise
        finally:
            _here.set(before)
            branch.ended_ns = self._now_ns()
        return result

    def rounds(self, items: Iterable[Any]) -> Iterator[Any]:
        """Yield items, and know the number of the round meanwhile."""
        before = _round.get()
        try:
            for number, item in enumerate(items):
                _round.set(number)
                yield item
        finally:
            _round.set(before)

    @contextlib.contextmanager
    def marked(self) -> Iterator[None]:
        """Let marks in the program's source mean this run during the block."""
        vars(builtins)[BRANCH], vars(builtins)[ROUNDS] = self.branch, self.rounds
        try:
            yield
        finally:
            del vars(builtins)[BRANCH], vars(builtins)[ROUNDS]
