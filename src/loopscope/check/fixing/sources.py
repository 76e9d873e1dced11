"""The program's own source files, as they lie on disk and as they are parsed."""

import io
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from loopscope.source.rewrite.edits import Edit, apply_to_raw


@dataclass(frozen=True, slots=True)
class Source:
    """One file.

    Attributes:
        raw: Its bytes.
        decoded: Its text, lines ended as in the file.
        encoding: How it is encoded.
    """

    raw: bytes
    decoded: str
    encoding: str

    @property
    def text(self) -> str:
        """Its text, every line ended by a newline."""
        return self.decoded.replace("\r\n", "\n").replace("\r", "\n")

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """Return the bytes of the file after some edits of its ``text``."""
        return apply_to_raw(self.decoded, edits).encode(self.encoding)


def read_source(path: Path) -> Source | None:
    """Read a file; None where it is none of Python's."""
    try:
        raw = path.read_bytes()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        return Source(raw, raw.decode(encoding), encoding)
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None
