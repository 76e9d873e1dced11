"""Writes a trace file through a memory map, so that a killed process loses nothing written."""

import contextlib
import json
import mmap
import os
import struct
import threading
from pathlib import Path
from typing import Any, Final

from loopscope.errors import RecordError
from loopscope.trace.layout import (
    BLOCK,
    BLOCK_HEADER_BYTES,
    BLOCK_MAGIC,
    END_OFFSET,
    HEADER,
    LOCATION,
    LOST_OFFSET,
    MAGIC,
    NODE,
    ORIGIN,
    PAGE,
    RECORD_BYTES,
    STATE_OFFSET,
    VERSION,
    WORD,
    BlockKind,
    Kind,
    State,
    Word,
    stamp,
)

_BODY = struct.Struct("<QIIII")

FIRST_BLOCK_BYTES: Final = 1 << 16
LARGEST_BLOCK_BYTES: Final = 1 << 20
LARGEST_TRACE_BYTES: Final = 1 << 33
"""A trace stops growing here (about 200 million steps): a forgotten recording fills no disk."""


class TraceWriter:
    """The file of one recording: hands out blocks and takes facts and words.

    Safe to use from several threads. When no block can be had any more (disk full, size limit)
    ``next_block`` returns None, facts and words are dropped, and the header counts the losses.

    Args:
        path: Where the trace goes. An existing file is replaced, not written into, so that
            another process still reading or writing the old one is not disturbed.
        meta: What the header says of the recorded process; anything ``json`` can write.
        origin_ns: The recorder's clock at time 0 of the trace.
        wall_ns: The wall clock at the same moment (``time.time_ns``).

    Raises:
        RecordError: The file cannot be created.
    """

    def __init__(self, path: Path, meta: dict[str, Any], *, origin_ns: int, wall_ns: int) -> None:
        self.path = path
        self.origin_ns = origin_ns
        self._lock = threading.RLock()
        self._block_bytes: dict[tuple[BlockKind, int], int] = {}
        self._size = 0
        self._full = False
        text = json.dumps(meta).encode()
        try:
            self._fd = _create(path)
            header_bytes = -(-(HEADER.size + len(text)) // PAGE) * PAGE
            self._header = self._extend(header_bytes)
        except OSError as error:
            raise RecordError(
                f"The trace {path} cannot be written ({error.strerror}): choose another place "
                "with --out FILE.",
                slug="out-unwritable",
            ) from error
        self._header[HEADER.size : HEADER.size + len(text)] = text
        fields = (VERSION, header_bytes, 0, State.RECORDING, len(text), origin_ns, wall_ns, 0)
        HEADER.pack_into(self._header, 0, MAGIC, *fields)
        self.lost_cell = memoryview(self._header)[LOST_OFFSET : LOST_OFFSET + 8]
        self._facts = _Cursor(self, BlockKind.FACTS)
        self._words = _Cursor(self, BlockKind.WORDS)

    def next_block(self, kind: BlockKind, stream: int, least_bytes: int = 0) -> memoryview | None:
        """Add a block to the file and return its writable body, or None if there is no room."""
        with self._lock:
            if self._full:
                return None
            size = self._block_bytes.get((kind, stream), FIRST_BLOCK_BYTES)
            self._block_bytes[kind, stream] = min(size * 4, LARGEST_BLOCK_BYTES)
            size = max(size, -(-(least_bytes + BLOCK_HEADER_BYTES) // PAGE) * PAGE)
            try:
                block = self._extend(size)
            except OSError:
                self._full = True
                return None
            BLOCK.pack_into(block, 0, BLOCK_MAGIC, kind, stream, size, 0, 0)
            return memoryview(block)[BLOCK_HEADER_BYTES:]

    def fact(  # noqa: PLR0913, PLR0917  (the eight fields of a record)
        self,
        kind: Kind,
        t: int,
        a: int = 0,
        b: int = 0,
        c: int = 0,
        d: int = 0,
        *,
        u: int = 0,
        code: int = 0,
    ) -> None:
        """Write one record to the stream of facts (fields as in ``layout.Kind``)."""
        self.record(stamp(kind, t), stamp(code, u), a, b, c, d)

    def record(  # noqa: PLR0913, PLR0917  (the fields of a record)
        self, head: int, second: int, a: int, b: int, c: int, d: int
    ) -> None:
        """Write one record, its two 64-bit fields stamped, to the stream of facts."""
        body = _BODY.pack(second, a, b, c, d)
        self._facts.append(body, head.to_bytes(8, "little"), RECORD_BYTES)

    def word(self, word: Word, number: int, payload: bytes) -> None:
        """Write one entry of words; ``number`` is the id it defines."""
        size = -(-(WORD.size + len(payload)) // 4) * 4
        entry = WORD.pack(size, word, number)
        self._words.append(entry[4:] + payload, entry[:4], size)

    def string(self, number: int, text: str) -> None:
        """Define a string."""
        self.word(Word.STRING, number, _encode(text))

    def file(self, number: int, path: str, origin: int) -> None:
        """Define a source file."""
        self.word(Word.FILE, number, ORIGIN.pack(origin) + _encode(path))

    def source(self, file: int, text: str) -> None:
        """Keep the text of a source file."""
        self.word(Word.SOURCE, file, _encode(text))

    def location(self, number: int, fields: tuple[int, int, int, int, int, int, int]) -> None:
        """Define a place (fields as in ``layout.Word.LOCATION``)."""
        self.word(Word.LOCATION, number, LOCATION.pack(*fields))

    def node(self, number: int, parent: int, location: int) -> None:
        """Define a stack by its outer part and its innermost place."""
        self.word(Word.NODE, number, NODE.pack(parent, location))

    def count_lost(self) -> None:
        """Count one record or word that could not be written."""
        with self._lock:
            lost = int.from_bytes(self.lost_cell, "little") + 1
            self.lost_cell[:] = lost.to_bytes(8, "little")

    def close(self, end_ns: int, *, detached: bool = False) -> None:
        """Mark the trace as complete (or as given up). Closing twice does nothing."""
        with self._lock:
            if self._fd < 0:
                return
            state = State.DETACHED if detached else State.CLOSED
            self._header[END_OFFSET : END_OFFSET + 8] = end_ns.to_bytes(8, "little")
            self._header[STATE_OFFSET : STATE_OFFSET + 4] = state.to_bytes(4, "little")
            self._full = True
            os.close(self._fd)
            self._fd = -1

    def abandon(self) -> None:
        """Write nothing more and leave the file as it is: it belongs to the parent process."""
        self._full = True
        self._facts.close()
        self._words.close()
        self.lost_cell = memoryview(bytearray(8))

    def _extend(self, size: int) -> mmap.mmap:
        """Grow the file by ``size`` bytes and map them."""
        if self._size + size > LARGEST_TRACE_BYTES:
            raise OSError("the trace has reached its largest size")
        # The place is taken at once: the collector may run in here, and what it finalizes may need
        # a block as well.
        offset = self._size
        self._size += size
        # Reserved, not only extended: a store into a hole of a full disk would be a SIGBUS,
        # which takes the recorded program down.
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(self._fd, offset, size)
        else:
            os.ftruncate(self._fd, offset + size)
        return mmap.mmap(self._fd, size, offset=offset)


class _Cursor:
    """Appends entries to one stream, block after block."""

    def __init__(self, writer: TraceWriter, kind: BlockKind) -> None:
        self._writer = writer
        self._kind = kind
        self._lock = threading.RLock()
        self._body = memoryview(b"")
        self._at = 0

    def append(self, tail: bytes, head: bytes, size: int) -> None:
        """Write an entry of ``size`` bytes whose non-zero ``head`` is written last."""
        with self._lock:
            if self._at + size > len(self._body):
                body = self._writer.next_block(self._kind, 0, size)
                if body is None:
                    self._writer.count_lost()
                    return
                self._body, self._at = body, 0
            # The place is taken before it is written: the collector may run in here, and what it
            # finalizes may append as well.
            start, split = self._at, self._at + len(head)
            self._at += size
            self._body[split : split + len(tail)] = tail
            # Byte by byte upwards, so that a record's kind (its head's top byte) comes last and
            # a process killed in between leaves nothing half written.
            self._body[start:split] = head

    def close(self) -> None:
        """Take nothing more."""
        self._body, self._at = memoryview(b""), 0


def _create(path: Path) -> int:
    """Open a new file that takes the place of ``path``."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
    with contextlib.suppress(FileNotFoundError):
        fresh.unlink()
    fd = os.open(fresh, flags, 0o644)
    try:
        fresh.replace(path)
    except OSError:
        os.close(fd)
        fresh.unlink()
        raise
    return fd


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
