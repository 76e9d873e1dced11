"""Runs somebody's program in this process as ``python`` itself would."""

import atexit
import importlib.util
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType, TracebackType
from typing import Protocol

from loopscope.cli.command_line import Telling
from loopscope.errors import LoopscopeError, ScriptError, UsageError

_OWN = str(Path(__file__).parents[1])


@dataclass(frozen=True)
class Program:
    """A program ready to run.

    Attributes:
        name: The script as it was given, or the module's name.
        file: The path of its source.
        code: Its compiled code.
        path_entry: What Python puts first on ``sys.path`` for it.
        argv: What it sees as ``sys.argv``.
        spec: Its import specification; None for a script.
    """

    name: str
    file: str
    code: CodeType
    path_entry: str
    argv: list[str]
    spec: ModuleSpec | None

    @property
    def identity(self) -> str:
        """The program by which a trace is recognised as its own: the path of its source."""
        return str(Path(self.file).resolve())


def load_program(verb: str, module: str | None, arguments: tuple[str, ...]) -> Program:
    """Read and compile what a command line names.

    Args:
        verb: The command, for the message.
        module: What was given with ``-m``.
        arguments: All else: the script, unless there is a module, and the program's arguments.

    Raises:
        UsageError: It names no program.
        ScriptError: There is no such program, or it is none of Python's.
    """
    if module is not None:
        return load_module(module, list(arguments))
    if arguments:
        return load_script(arguments[0], list(arguments[1:]))
    raise UsageError(
        f"There is no program to run: give a script ('loopscope {verb} app.py') or a module "
        f"('loopscope {verb} -m package.module').",
        slug="nothing-to-run",
    )


def load_script(script: str, arguments: list[str]) -> Program:
    """Read and compile a script.

    Raises:
        ScriptError: There is no such file, or it is no Python program.
    """
    path = Path(os.path.abspath(script))  # noqa: PTH100  (Python keeps symbolic links, too)
    if path.is_dir():
        path = path / "__main__.py"
    try:
        source = path.read_bytes()
    except OSError as error:
        raise ScriptError(
            f"The script {script} cannot be read ({error.strerror}): check its name, and that "
            "you are in the right directory.",
            slug="script-missing",
        ) from error
    code = _compile(source, str(path), script)
    directory = str(path.resolve().parent)
    return Program(script, str(path), code, directory, [script, *arguments], None)


def load_module(name: str, arguments: list[str]) -> Program:
    """Find and compile a module, or the ``__main__`` of a package.

    Raises:
        ScriptError: There is no such module, or it has no Python code.
    """
    here = str(Path.cwd())
    sys.path[0] = here
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(f"{name}.__main__")
    except (ImportError, ValueError) as error:
        raise ScriptError(
            f"The module {name} cannot be found ({error}): check its name, and that you are in "
            "the right directory.",
            slug="script-missing",
        ) from error
    if spec is None or spec.origin is None or spec.loader is None:
        raise ScriptError(
            f"There is no module {name} that can be run: check its name, and for a package that "
            "it has a __main__.py.",
            slug="script-missing",
        )
    code = _compile(Path(spec.origin).read_bytes(), spec.origin, name)
    return Program(name, spec.origin, code, here, [spec.origin, *arguments], spec)


class Run(Protocol):
    """What a program is run in: a recording, or a simulation with its recording."""

    path: Path

    def start(self) -> None:
        """The program begins."""

    def finish(self) -> None:
        """The program's last line has run."""

    def stop(self) -> None:
        """All is over, exit handlers too."""

    def remarks(self) -> list[str]:
        """Return sentences that go before the summary."""

    def failures(self) -> list[LoopscopeError]:
        """Return what went wrong beside what the program itself did."""


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
        _hide_own_frames(error)
        sys.excepthook(type(error), error, error.__traceback__)
        ending.interrupted = isinstance(error, KeyboardInterrupt)
        return 1
    finally:
        run.finish()
    return 0


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


def _compile(source: bytes, path: str, name: str) -> CodeType:
    try:
        return compile(source, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        where = f" at line {error.lineno}" if error.lineno else ""
        raise ScriptError(
            f"{name} has a syntax error{where} ({error.msg}): correct it and run again.",
            slug="script-syntax",
        ) from error
    except ValueError as error:
        raise ScriptError(
            f"{name} is no Python source ({error}): give a Python script.", slug="script-syntax"
        ) from error


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
