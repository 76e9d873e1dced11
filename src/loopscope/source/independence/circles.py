"""Functions in the order in which what they do can be worked out: what is called comes first."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from loopscope.source.scopes import Function


@dataclass(slots=True)
class _Visit:
    """A function whose callees are being looked at."""

    function: Function
    callees: Iterator[Function]
    number: int
    lowest: int
    """The first function under way that can be come back to from here."""


def circles(
    start: Function, callees_of: Callable[[Function], Iterable[Function]]
) -> Iterator[list[Function]]:
    """Yield the functions that a function leads to, callees before their callers.

    Functions that call each other in a circle come together; most circles are one function.
    Each function and each call is looked at once (Tarjan, "Depth-first search and linear graph
    algorithms", 1972), without recursion: chains of calls may be as long as they like.

    Args:
        start: Where to begin.
        callees_of: The functions that one calls, without those that are worked out already.
    """
    numbers: dict[Function, int] = {}
    waiting: list[Function] = []
    is_waiting: set[Function] = set()
    under_way: list[_Visit] = []

    def begin(function: Function) -> None:
        number = numbers[function] = len(numbers)
        waiting.append(function)
        is_waiting.add(function)
        under_way.append(_Visit(function, iter(callees_of(function)), number, number))

    begin(start)
    while under_way:
        here = under_way[-1]
        callee = next(here.callees, None)
        if callee is not None:
            if callee not in numbers:
                begin(callee)
            elif callee in is_waiting:
                here.lowest = min(here.lowest, numbers[callee])
            continue
        under_way.pop()
        if under_way:
            under_way[-1].lowest = min(under_way[-1].lowest, here.lowest)
        if here.lowest == here.number:
            place = waiting.index(here.function)
            circle = waiting[place:]
            del waiting[place:]
            is_waiting.difference_update(circle)
            yield circle
