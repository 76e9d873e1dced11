"""Reads a trace's header without NumPy: enough to tell what a file is."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from loopscope.errors import TraceError
from loopscope.trace.layout import HEADER, MAGIC, PAGE, VERSION, State


@dataclass(frozen=True)
class Header:
    """The fixed fields of a header and its description of the recorded process."""

    header_bytes: int
    lost_count: int
    state: int
    origin_ns: int
    wall_ns: int
    end_ns: int
    meta: dict[str, object]

    def text(self, key: str) -> str:
        """Return a text of the description, "" if it is missing."""
        value = self.meta.get(key, "")
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> int:
        """Return a whole number of the description, 0 if it is missing."""
        value = self.meta.get(key, 0)
        return value if isinstance(value, int) and 0 <= value < 1 << 62 else 0

    @property
    def argv(self) -> tuple[str, ...]:
        """The recorded process's arguments."""
        value = self.meta.get("argv")
        return tuple(str(one) for one in value) if isinstance(value, list) else ()

    @property
    def is_complete(self) -> bool:
        """Whether the recording was ended, and not cut off by the end of its process."""
        return self.state != State.RECORDING

    @property
    def gave_up(self) -> bool:
        """Whether the recorder stopped early because of an error of its own."""
        return self.state == State.DETACHED


def read_program(path: Path) -> str:
    """Return which program a trace is of. Raises as ``read_header`` does, and ``OSError``."""
    with path.open("rb") as file:
        return read_header(path, file).text("program")


def read_header(path: Path, file: BinaryIO) -> Header:
    """Read the header of a trace.

    Raises:
        TraceError: It is not a trace, one of another version, or damaged.
    """
    head = file.read(HEADER.size)
    if len(head) < HEADER.size or head[: len(MAGIC)] != MAGIC:
        raise TraceError(
            f"{path} is not a loopscope trace: give the file that 'loopscope run' wrote.",
            slug="not-a-trace",
        )
    _, version, size, lost, state, meta_bytes, origin, wall, end = HEADER.unpack(head)
    if version != VERSION:
        raise TraceError(
            f"{path} is a trace of format version {version}, and this loopscope reads version "
            f"{VERSION}: show it with the loopscope that recorded it, or record it again.",
            slug="trace-version",
        )
    meta = _read_meta(file, meta_bytes, size)
    if meta is None:
        raise TraceError(
            f"{path} is damaged in its header, so nothing of it can be read: record it again.",
            slug="trace-damaged",
        )
    return Header(size, lost, state, origin, wall, end, meta)


def _read_meta(file: BinaryIO, meta_bytes: int, header_bytes: int) -> dict[str, object] | None:
    if header_bytes % PAGE or not header_bytes or meta_bytes > header_bytes - HEADER.size:
        return None
    try:
        meta = json.loads(file.read(meta_bytes))
    except (ValueError, RecursionError):
        return None
    return meta if isinstance(meta, dict) else None
