"""What a command line names: a script or a module, read and compiled."""

import importlib.util
import os
import sys
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING

from loopscope.errors import ScriptError, UsageError

if TYPE_CHECKING:
    from loopscope.check.program import Program as CheckedProgram
    from loopscope.check.surroundings import Surroundings


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

    @property
    def module(self) -> str | None:
        """The full name of a module; None for a script."""
        return None if self.spec is None else self.spec.name

    @property
    def main_names(self) -> tuple[str, str]:
        """The names of modules by which a user can mean the program itself."""
        return "__main__", self.module or Path(self.name).stem

    def to_check(self, surroundings: "Surroundings") -> "CheckedProgram":
        """Return it as what runs in many simulated worlds."""
        from loopscope.check.program import Program as CheckedProgram

        return CheckedProgram(
            name=self.name,
            file=self.file,
            path_entry=self.path_entry,
            argv=tuple(self.argv),
            module=self.module,
            surroundings=surroundings,
        )


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


def _compile(source: bytes, path: str, name: str) -> CodeType:
    if b"\0" in source:
        raise ScriptError(
            f"{name} is no Python source: it holds null bytes, as archives and compiled files do. "
            "Give the script, or the directory of which the archive was made.",
            slug="script-syntax",
        )
    try:
        return compile(source, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        where = f" at line {error.lineno}" if error.lineno else ""
        raise ScriptError(
            f"{name} has a syntax error{where} ({error.msg}): correct it and run again.",
            slug="script-syntax",
        ) from error
