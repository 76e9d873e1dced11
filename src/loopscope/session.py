"""Joins recorder and trace into one run: record a block of code, or a whole program."""

import contextlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from loopscope.errors import RecordError, TraceError
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
    recorder = Recorder(target, _main_program())
    recorder.start()
    try:
        yield target
    finally:
        recorder.stop()


def default_target(program: str) -> Path:
    """Return where ``loopscope run`` writes the trace of a script or module by default."""
    name = Path(program).name
    return Path(name.removesuffix(".py") + SUFFIX)


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


def _main_program() -> str:
    import __main__  # noqa: PLC0415  (the program's own module, not ours)

    return str(getattr(__main__, "__file__", None) or "<interactive>")
