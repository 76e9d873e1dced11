"""Records a block of code, or a whole program."""

import contextlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from loopscope.errors import LoopscopeError, RecordError, TraceError
from loopscope.recorder.recorder import Recorder, active_recorder
from loopscope.trace.header import read_program

_log = logging.getLogger("loopscope")

SUFFIX = ".loopscope"


@contextlib.contextmanager
def record(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Record all event loops of this process while the block runs.

    Works around ``asyncio.run(...)`` as well as inside a running loop; tasks that exist already
    are seen from then on. Where a recording goes on already (the program was started by
    ``loopscope run``), that one continues, no second trace is written, and a warning is logged.

    Args:
        path: Where the trace goes. A trace that is already there is replaced.

    Yields:
        The path of the trace that is being written.

    Raises:
        RecordError: The trace cannot be written there, or ``path`` is a file of another kind.
    """
    target = Path(path)
    running = active_recorder()
    if running is not None:
        _log.warning("A recording goes on already, so %s is not written.", target)
        yield running.path
        return
    check_target(target)
    recorder = Recorder(target, main_program())
    recorder.start()
    try:
        yield target
    finally:
        recorder.stop()


class RecordedRun:
    """A whole program that is recorded.

    Args:
        path: Where the trace goes.
        program: What is recorded, for the trace's header.

    Raises:
        RecordError: The trace cannot be written.
    """

    def __init__(self, path: Path, program: str) -> None:
        self.path = path
        self._recorder = Recorder(path, program)

    def start(self) -> None:
        """The program begins."""
        self._recorder.start()

    def finish(self) -> None:
        """The program's last line has run; Python itself waits for its threads."""

    def stop(self) -> None:
        """All is over, exit handlers too."""
        self._recorder.stop()

    def remarks(self) -> list[str]:
        """Return nothing: the summary says it all."""
        return []

    def failures(self) -> list[LoopscopeError]:
        """Return what went wrong beside what the program itself did: nothing can."""
        return []


def default_target(program: str, suffix: str = SUFFIX) -> Path:
    """Return where the trace of a script or module is written by default."""
    name = Path(program).name
    return Path(name.removesuffix(".py") + suffix)


def check_target(path: Path, program: str | None = None) -> None:
    """Refuse a target that would destroy something.

    Args:
        path: Where a trace is to be written.
        program: When given, a trace of another program may not be replaced either.

    Raises:
        RecordError: The file exists and is no trace, or one of another program.
    """
    if path.is_dir():
        raise RecordError(
            f"{path} is a directory: give the name of a file with --out.", slug="out-unwritable"
        )
    if not path.exists():
        return
    try:
        recorded = read_program(path)
    except (TraceError, OSError) as error:
        raise RecordError(
            f"{path} exists and is no loopscope trace, so it is not overwritten: choose another "
            "name with --out FILE.",
            slug="out-taken",
        ) from error
    if program is not None and recorded != program:
        raise RecordError(
            f"{path} holds the recording of {recorded}, so it is not overwritten: delete it, or "
            "choose another name with --out FILE.",
            slug="out-taken",
        )


def main_program() -> str:
    """Return what runs in this process, for a trace's header."""
    import __main__  # noqa: PLC0415  (the program's own module, not ours)

    return str(getattr(__main__, "__file__", None) or "<interactive>")
