"""Runs somebody's program in this process as ``python`` itself would."""

import atexit
import os
import signal
import sys
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType, TracebackType

from loopscope.cli.command_line import Telling
from loopscope.cli.program import Program
from loopscope.cli.runs import Run

_OWN = str(Path(__file__).parents[1])


def run_program(program: Program, run: Run, telling: Telling) -> int:
    """Run a program as ``__main__`` of this process.

    ``SystemExit`` passes through, so that Python itself ends the process as the program asked.
    The summary is printed when everything else is over: threads, exit handlers.

    Returns:
        The exit code: 0, or 1 after an exception that nothing caught.
    """
    main = _become_main(program)
    run.start()
    ending = _Ending(run, telling)
    # Registered first, it runs last, after all exit handlers of the program.
    atexit.register(ending.run)
    try:
        exec(program.code, main.__dict__)  # noqa: S102  (this is what it is for)
        ending.has_succeeded = True
    except SystemExit as error:
        ending.has_succeeded = error.code in (None, 0)
        raise
    except BaseException as error:  # noqa: BLE001  (shown as Python itself shows it)
        _tell(error)
        ending.interrupted = isinstance(error, KeyboardInterrupt)
        return 1
    finally:
        run.finish()
    return 0


def _tell(error: BaseException) -> None:
    """Print a traceback as Python does, unless the end of a simulation raised it."""
    from loopscope.simulator.world_parts import is_of_the_end

    if not is_of_the_end(error):
        _hide_own_frames(error)
        sys.excepthook(type(error), error, error.__traceback__)


class _Ending:
    """What is left to do when the program and all its exit handlers are over."""

    def __init__(self, run: Run, telling: Telling) -> None:
        self._run = run
        self._telling = telling
        self._file = run.path.absolute()  # the program may change its directory
        self._pid = os.getpid()
        self.has_succeeded = False
        self.interrupted = False

    def run(self) -> None:
        """Complete the trace, print the summary, and die of Ctrl-C if the program did."""
        if os.getpid() != self._pid:
            return  # a forked child: the recording is its parent's
        self._run.stop()
        failures = self._run.failures()
        sys.stdout.flush()
        if failures or self._telling.wants_summary:
            from loopscope.cli.output import tell_recording

            failures = tell_recording(self._run, self._telling, self._file)
        sys.stderr.flush()
        if self.interrupted:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGINT)
        if failures and self.has_succeeded:
            os._exit(1)  # the program has ended as if nothing had been wrong


def _become_main(program: Program) -> ModuleType:
    """Set this process up as if Python had been started with the program."""
    main = ModuleType("__main__")
    main.__dict__["__builtins__"] = __builtins__
    main.__file__ = program.file
    if program.spec is None:
        main.__loader__ = SourceFileLoader("__main__", program.file)
    else:
        main.__spec__ = program.spec
        main.__loader__ = program.spec.loader
        main.__package__ = program.spec.parent
    main.__dict__["__cached__"] = None
    sys.modules["__main__"] = main
    sys.argv = program.argv
    sys.path[0] = program.path_entry
    return main


def _hide_own_frames(error: BaseException) -> None:
    """Take loopscope's frames out of a traceback, so that it reads as without the recorder."""
    seen: set[int] = set()
    chain: list[BaseException | None] = [error]
    while chain:
        one = chain.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        kept: TracebackType | None = None
        for part in reversed(list(_entries(one.__traceback__))):
            if not part.tb_frame.f_code.co_filename.startswith(_OWN):
                kept = TracebackType(kept, part.tb_frame, part.tb_lasti, part.tb_lineno)
        one.__traceback__ = kept
        chain += [one.__cause__, one.__context__]


def _entries(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next
