"""Answers questions about the machine for which Python starts a process of its own.

Libraries ask them while they are imported (trio, which httpx imports where it is installed, looks
for a library in C). The answers are facts, so nothing is lost if they come from outside.
"""

import _thread
import ctypes.util
import platform
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from loopscope.simulator.patches.install import Replacement
from loopscope.simulator.redirect import Function, real_twin

_LOOK_EVERY_S: Final = 0.005
"""Waking up so often shows the thread that looks for waits in C that this is none."""

_start_thread = real_twin(_thread.start_new_thread)
_acquire = _thread.LockType.acquire
_release = _thread.LockType.release


def machine_patches() -> Iterator[Replacement]:
    """Yield what answers them, each question once."""
    for owner, name in (
        (ctypes.util, "find_library"),
        (platform, "_syscmd_file"),  # for platform.architecture()
        (platform._Processor, "from_subprocess"),  # type: ignore[attr-defined]
    ):
        yield owner, name, partial(_answer, getattr(owner, name), {})


def _answer(ask: Function, known: dict[Any, Any], *question: Any) -> Any:
    if question not in known:
        known[question] = _ask_outside(ask, question)
    return known[question]


def _ask_outside(ask: Function, question: tuple[Any, ...]) -> Any:
    """Call a function on a thread that is not part of the simulation, and really wait for it."""
    answers: list[Any] = []
    failures: list[BaseException] = []
    over = _thread.allocate_lock()
    _acquire(over)

    def run() -> None:
        try:
            answers.append(ask(*question))
        except BaseException as error:  # noqa: BLE001  (raised where it was asked)
            failures.append(error)
        finally:
            _release(over)

    _start_thread(run, ())
    while not _acquire(over, timeout=_LOOK_EVERY_S):
        pass
    if failures:
        raise failures[0]
    return answers[0]
