"""The program that is checked, and how it is run as if in a process of its own."""

import asyncio
import atexit
import contextlib
import importlib.machinery
import importlib.util
import inspect
import io
import logging
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Final

from loopscope.check.surroundings import Surroundings

_PACKAGES: Final = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


@dataclass(frozen=True, slots=True)
class Program:
    """A script, a module or a function, and what is around it.

    Attributes:
        name: The script as it was given, the module's name, or the function's.
        file: The path of its source.
        path_entry: What Python puts first on ``sys.path``; modules below it are the program's own.
        argv: What it sees as ``sys.argv``.
        module: For what was given with ``-m``: the module's full name.
        function: What is called instead of running a file; it lives in this process only.
        surroundings: Its world.
    """

    name: str
    file: str
    path_entry: str = ""
    argv: tuple[str, ...] = ()
    module: str | None = None
    function: Callable[[], Any] | None = None
    surroundings: Surroundings = field(default_factory=Surroundings)

    @property
    def identity(self) -> str:
        """The program by which a trace is recognised as its own: the path of its source."""
        return str(Path(self.file).resolve())

    @property
    def main_names(self) -> tuple[str, ...]:
        """The names of modules by which a user can mean the program itself."""
        return "__main__", self.module or Path(self.name).stem

    def call(self, code: CodeType | None, main: ModuleType, finish: Callable[[], None]) -> Any:  # noqa: ANN401  (whatever it returns)
        """Run it in the present process, and return its result: the module, for a file.

        Args:
            code: The code of the file, if not what is in it.
            main: Its ``__main__``.
            finish: Waits for its threads and pools.
        """
        if self.function is not None:
            result = self.function()
            result = asyncio.run(result) if inspect.iscoroutine(result) else result
            finish()
            return result
        with _exit_handlers(self):
            try:
                exec(code or self._code(), main.__dict__)  # noqa: S102  (what it is for)
            finally:
                finish()
        return main

    def _code(self) -> CodeType:
        return _compiled(self.file, Path(self.file).read_bytes())

    def is_own(self, module: ModuleType) -> bool:
        """Whether a module is part of the program, so that every run needs it anew."""
        file = getattr(module, "__file__", None)
        if not file or module.__name__.partition(".")[0] == "loopscope":
            return False
        return self.owns(file)

    def owns(self, file: str) -> bool:
        """Whether a source file is part of the program."""
        entries = [self.path_entry]
        if self.surroundings.world is not None:
            entries.append(str(self.surroundings.world.parent))
        if not file.startswith(tuple(one.rstrip(os.sep) + os.sep for one in entries if one)):
            return False
        if file.startswith((sys.prefix + os.sep, sys.base_prefix + os.sep)):
            return False
        return not any(part in file for part in _PACKAGES)


@lru_cache(maxsize=4)
def _compiled(file: str, source: bytes) -> CodeType:
    return compile(source, file, "exec", dont_inherit=True)


@contextlib.contextmanager
def _exit_handlers(program: Program) -> Iterator[None]:
    """Let what the program gives ``atexit`` run after the block, the last first."""
    handlers: list[tuple[Callable[..., Any], Callable[[], Any]]] = []
    register, unregister = atexit.register, atexit.unregister

    def register_own(function: Any, /, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        code = getattr(inspect.unwrap(function), "__code__", None)
        caller = sys._getframe(1).f_code.co_filename  # noqa: SLF001
        if not program.owns(caller if code is None else code.co_filename):
            return register(function, *args, **options)  # a library's, which stays
        handlers.append((function, partial(function, *args, **options)))
        return function

    def unregister_own(function: Any, /) -> None:  # noqa: ANN401
        handlers[:] = [one for one in handlers if one[0] != function]
        unregister(function)

    atexit.register, atexit.unregister = register_own, unregister_own
    try:
        yield
    finally:
        atexit.register, atexit.unregister = register, unregister
        while handlers:
            try:
                handlers.pop()[1]()
            except BaseException as error:  # noqa: BLE001  (Python only prints it, too)
                sys.excepthook(type(error), error, error.__traceback__)


@contextlib.contextmanager
def own_process(program: Program) -> Iterator[tuple[ModuleType, io.StringIO]]:
    """Let the block run the program as if Python had been started with it.

    Its arguments, ``__main__``, working directory, environment, output and root logger are its
    own; afterwards all is as before. Its own modules are dropped, those of libraries stay.

    Yields:
        Its ``__main__``, and what it prints.
    """
    if program.function is not None:
        yield sys.modules["__main__"], io.StringIO()
        return
    main = _main_module(program)
    before = set(sys.modules)
    printed = Printed()
    with contextlib.ExitStack() as stack:
        stack.enter_context(_kept_state())
        stack.enter_context(contextlib.redirect_stdout(printed))
        stack.enter_context(contextlib.redirect_stderr(printed))
        sys.modules["__main__"] = main
        sys.argv = list(program.argv)
        sys.path.insert(0, program.path_entry)
        try:
            yield main, printed
        finally:
            for name in set(sys.modules) - before:
                if program.is_own(sys.modules[name]):
                    del sys.modules[name]


def _main_module(program: Program) -> ModuleType:
    main = ModuleType("__main__")
    main.__dict__["__builtins__"] = __builtins__
    main.__dict__["__cached__"] = None
    main.__file__ = program.file
    main.__loader__ = importlib.machinery.SourceFileLoader("__main__", program.file)
    if program.module is not None:
        spec = importlib.util.spec_from_file_location(program.module, program.file)
        main.__spec__ = spec
        main.__package__ = spec.parent if spec is not None else None
    return main


@contextlib.contextmanager
def _kept_state() -> Iterator[None]:
    main, argv, path = sys.modules["__main__"], sys.argv, list(sys.path)
    environment, directory = dict(os.environ), Path.cwd()
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        sys.modules["__main__"], sys.argv, sys.path[:] = main, argv, path
        root.handlers[:] = handlers
        root.setLevel(level)
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
        os.chdir(directory)


class Printed(io.StringIO):
    """What a program prints; a binary view of it too, since programs ask for one."""

    encoding = "utf-8"

    @property
    def buffer(self) -> io.BytesIO:
        """Return what takes bytes."""
        return _Bytes(self)

    def fileno(self) -> int:
        """Return where what is written past Python goes: nowhere."""
        return _nowhere()


@cache
def _nowhere() -> int:
    return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)


class _Bytes(io.BytesIO):
    def __init__(self, text: io.StringIO) -> None:
        super().__init__()
        self._text = text

    def write(self, data: Any, /) -> int:  # noqa: ANN401  (any buffer)
        self._text.write(bytes(data).decode(errors="replace"))
        return len(data)
