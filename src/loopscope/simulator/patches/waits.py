"""Says what a thread waits for, from the library functions it waits in."""

import sys
from typing import Final

_KINDS: Final = {
    ("threading", "Event.wait"): "event",
    ("threading", "Semaphore.acquire"): "semaphore",
    ("threading", "Barrier.wait"): "barrier",
    ("threading", "Condition.wait"): "condition",
    ("threading", "Condition.wait_for"): "condition",
    ("queue", "Queue.get"): "queue (get)",
    ("queue", "Queue.put"): "queue (put)",
    ("queue", "Queue.join"): "queue (join)",
    ("concurrent.futures._base", "Future.result"): "future",
    ("concurrent.futures._base", "Future.exception"): "future",
    ("concurrent.futures._base", "wait"): "futures",
}
"""Ways to wait that are made of locks, by module and function."""

_DEEPEST: Final = 12


def waited_for(otherwise: str) -> str:
    """Return the outermost known wait that the calling thread is in: a queue is made of locks."""
    kind = otherwise
    frame = sys._getframe(1)
    for _ in range(_DEEPEST):
        key = str(frame.f_globals.get("__name__")), frame.f_code.co_qualname
        kind = _KINDS.get(key, kind)
        if frame.f_back is None:
            break
        frame = frame.f_back
    return kind
