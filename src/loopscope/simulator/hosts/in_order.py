"""Answers on one connection leave in the order of their requests, however long each took."""

from collections import deque
from dataclasses import dataclass
from functools import partial

from loopscope.simulator.world_parts import Action


@dataclass(slots=True, eq=False)
class _Answer:
    """What is done when a request has had its time."""

    action: Action
    is_due: bool = False


class InOrder:
    """The requests of one connection that have not been answered.

    Attributes:
        is_held: Nothing is answered at present: the last answer takes longer than it said.
    """

    __slots__ = ("_waiting", "is_held")

    def __init__(self) -> None:
        self._waiting: deque[_Answer] = deque()
        self.is_held = False

    def add(self, action: Action) -> Action:
        """Put an answer at the end; returns what is called when it is due."""
        answer = _Answer(action)
        self._waiting.append(answer)
        return partial(self._due, answer)

    def _due(self, answer: _Answer) -> None:
        answer.is_due = True
        self.go_on()

    def go_on(self) -> None:
        """Give all answers that are due and have none before them that is not."""
        waiting = self._waiting
        while waiting and waiting[0].is_due and not self.is_held:
            waiting.popleft().action()

    def is_empty(self) -> bool:
        """Whether every request was answered."""
        return not self._waiting and not self.is_held
