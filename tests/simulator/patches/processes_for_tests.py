"""What the processes of the tests do: it has to be found by its name."""

import multiprocessing
import os
import threading
import time
from typing import Any

from tests.simulator.patches.runs import compute

PREPARED: list[str] = []


def work(seconds: float) -> float:
    """Compute, and return for how long."""
    compute(seconds)
    return seconds


def sleep(seconds: float) -> float:
    """Sleep, and return for how long."""
    time.sleep(seconds)
    return seconds


def who() -> tuple[bool, str, str]:
    """Return what a process knows of itself."""
    name = multiprocessing.current_process().name
    return os.getpid() == PARENT, name, threading.current_thread().name


PARENT = os.getpid()


def fail() -> None:
    """Fail, as programs do."""
    raise LookupError("in the process")


def leave() -> None:
    """End the process after a while."""
    time.sleep(1)
    os._exit(1)


def exit_politely() -> None:
    """Raise what ends a thread."""
    raise SystemExit(3)


def prepare(name: str) -> None:
    """Note that a process was prepared."""
    PREPARED.append(name)


def processor_time(seconds: float) -> float:
    """Compute, and return what the process has computed."""
    compute(seconds)
    return time.process_time()


class OneWay:
    """Something that can be pickled, but not read again."""

    def __reduce__(self) -> Any:
        return unreadable, ()


def unreadable() -> None:
    """Refuse to be read."""
    raise ValueError("cannot be read")


def make_one_way() -> OneWay:
    """Return, after a while, what cannot be read by who gets it."""
    time.sleep(1)
    return OneWay()


def make_unpicklable() -> Any:
    """Return what cannot be sent."""
    return lambda: None
