"""Turns code objects and callables into numbered places and stacks, each described once."""

import linecache
import os
import threading
from itertools import islice
from pathlib import Path
from types import CodeType, FrameType
from typing import Final

from loopscope.model.kinds import Origin
from loopscope.trace.writer import TraceWriter

OWNER_FLAG: Final = 1 << 31
"""Set on a node whose innermost frame belongs to a lock, queue or the like (its ``self``)."""

LARGEST_SOURCE_BYTES: Final = 1 << 20
MOST_TEXT: Final = 2000

_STANDARD = Path(os.__file__).parent.as_posix() + "/"
_ASYNCIO = _STANDARD + "asyncio/"
_OWN = Path(__file__).parents[1].as_posix() + "/"
_PACKAGES = ("/site-packages/", "/dist-packages/")
_OWNER_FILES = ("asyncio/locks.py", "asyncio/queues.py")


class Interner:
    """Numbers strings, files, places and stacks, and writes each one's description once.

    Safe to use from several threads.
    """

    def __init__(self, writer: TraceWriter) -> None:
        self._writer = writer
        self._lock = threading.RLock()
        self._strings: dict[str, int] = {}
        self._files: dict[str, tuple[int, Origin]] = {}
        self._locations: dict[tuple[object, int], int] = {}
        self._nodes: dict[tuple[int, int], int] = {}

    def string(self, text: str) -> int:
        """Return the number of a string (cut to 2,000 characters)."""
        text = text[:MOST_TEXT]
        with self._lock:
            number = self._strings.get(text)
            if number is None:
                number = self._strings[text] = len(self._strings) + 1
                self._writer.string(number, text)
            return number

    def node(self, parent: int, where: object, offset: int) -> int:
        """Return the number of the stack ``parent`` with one more frame inside it.

        Args:
            parent: Number of the outer frames' stack, 0 for none.
            where: A code object, or any callable or type that has none.
            offset: Byte offset of the running instruction; -1 for the code as a whole.
        """
        with self._lock:
            location = self._location(where, offset)
            number = self._nodes.get((parent, location))
            if number is None:
                number = self._nodes[parent, location] = len(self._nodes) + 1
                self._writer.node(number, parent, location)
            return number

    def flagged_node(self, parent: int, where: object, offset: int) -> int:
        """Return ``node``, with a flag for the probes that never reaches the trace.

        ``OWNER_FLAG`` is set when the frame's ``self`` is a lock, a queue or the like. In
        ``parent`` it is ignored.
        """
        number = self.node(parent & ~OWNER_FLAG, where, offset)
        return number | OWNER_FLAG if _has_owner(where) else number

    def _location(self, where: object, offset: int) -> int:
        key = (where if isinstance(where, CodeType) else _label(where), offset)
        number = self._locations.get(key)
        if number is None:
            fields = self._describe(where, offset)
            number = self._locations[key] = len(self._locations) + 1
            self._writer.location(number, fields)
        return number

    def _describe(self, where: object, offset: int) -> tuple[int, int, int, int, int, int, int]:
        if not isinstance(where, CodeType):
            return 0, self.string(_label(where)), 0, 0, -1, -1, 0
        first = where.co_firstlineno
        line, end_line, column, end_column = first, first, -1, -1
        if offset >= 0:
            for position in islice(where.co_positions(), offset // 2, offset // 2 + 1):
                line = position[0] or first
                end_line = position[1] or line
                column = -1 if position[2] is None else position[2]
                end_column = -1 if position[3] is None else position[3]
        file = self._file(where.co_filename)
        function = self.string(where.co_qualname)
        return file, function, line, end_line, column, end_column, first

    def _file(self, path: str) -> int:
        known = self._files.get(path)
        if known is not None:
            return known[0]
        origin = origin_of(path)
        number = len(self._files) + 1
        self._files[path] = number, origin
        self._writer.file(number, path, origin)
        if origin is Origin.USER:
            self._keep_source(number, path)
        return number

    def _keep_source(self, number: int, path: str) -> None:
        text = _source_of(path)
        if text:
            self._writer.source(number, text)


def _source_of(path: str) -> str:
    """Return the text of a source file; "" where there is none, or more than a trace can hold."""
    try:
        source = Path(path)
        if source.stat().st_size > LARGEST_SOURCE_BYTES:
            return ""
        return source.read_text("utf-8", "replace")
    except OSError:
        # "<string>", gone since it was imported, or the cell of a notebook: those are kept here.
        text = "".join(linecache.getlines(path))
        return text if len(text) <= LARGEST_SOURCE_BYTES else ""
    except ValueError:
        return ""  # not even a name that a file could have, for which linecache raises, too


def origin_of(path: str) -> Origin:
    """Tell whose code a file is, by where it lies."""
    path = path.replace(os.sep, "/")
    if path.startswith(_OWN):
        return Origin.LOOPSCOPE
    if any(part in path for part in _PACKAGES):
        return Origin.LIBRARY
    if path.startswith(("<frozen ", _STANDARD)):
        return Origin.STANDARD
    return Origin.USER


USERS_CODE, LIBRARY_CODE, PLUMBING = 1, 2, 3


def whose_code(code: CodeType) -> int:
    """Tell whose a code object is: the user's, a library's, or asyncio's and loopscope's own."""
    whose = _WHOSE_CODE.get(code.co_filename)
    if whose is None:
        whose = _WHOSE_CODE[code.co_filename] = _whose_file(code.co_filename)
    return whose


_WHOSE_CODE: dict[str, int] = {}


def _whose_file(path: str) -> int:
    if path.startswith((_ASYNCIO, _OWN)):
        return PLUMBING
    return USERS_CODE if origin_of(path) is Origin.USER else LIBRARY_CODE


def _has_owner(where: object) -> bool:
    return (
        isinstance(where, CodeType)
        and where.co_argcount > 0
        and where.co_varnames[0] == "self"
        and where.co_filename.replace(os.sep, "/").endswith(_OWNER_FILES)
    )


def _label(where: object) -> str:
    """Name a callable that has no code object: ``socket.close``, ``MyCallable``."""
    name = getattr(where, "__qualname__", None) or type(where).__qualname__
    module = getattr(where, "__module__", None) or ""
    if not isinstance(module, str) or module in ("builtins", "__main__") or module == "":
        return str(name)
    return f"{module}.{name}"


def user_frame(frame: FrameType | None) -> tuple[CodeType, int] | None:
    """Return code and offset of the innermost user frame.

    Without one, of the innermost frame that is neither asyncio's nor loopscope's.
    """
    second_best = None
    while frame is not None:
        code = frame.f_code
        whose = _WHOSE_CODE.get(code.co_filename) or whose_code(code)
        if whose == USERS_CODE:
            return code, frame.f_lasti
        if whose == LIBRARY_CODE and second_best is None:
            second_best = code, frame.f_lasti
        frame = frame.f_back
    return second_best
