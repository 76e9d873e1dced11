"""The journal of a sweep: what every seed brought, so that a sweep that was killed can go on.

A text file that is only ever appended to: a head that says which sweep it is, then one line for
each piece of the sweep that is done. A line begins with a checksum of the rest. What a kill or a
full disk left of a line does not fit its checksum and is left out, so its seeds are run again.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from loopscope.errors import CheckError

FORMAT: Final = "loopscope check journal 2"


@dataclass(frozen=True, slots=True)
class Failed:
    """A seed that did not hold: what ``Outcome`` says of it, without what can be run again."""

    seed: int
    case: str
    kind: str
    where: str
    broken: str
    duration_ns: int
    is_world: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a sweep that is done.

    Attributes:
        first: Its first seed; the others follow without a gap.
        durations_ns: How long each run took, in virtual time.
        failed: Those that did not hold, by seed.
        took_ns: How long the piece took, in real time.
        runs: How many runs that were.
        orders: Orders in which I/O completed that had not been seen in earlier rounds.
    """

    first: int
    durations_ns: tuple[int, ...]
    failed: tuple[Failed, ...] = ()
    took_ns: int = 0
    runs: int = 0
    orders: tuple[tuple[str, ...], ...] = ()

    @property
    def seeds(self) -> range:
        """Its seeds."""
        return range(self.first, self.first + len(self.durations_ns))


class Journal:
    """A journal that is open for this process alone.

    Args:
        path: The file.
        sweep: What makes the sweep the one it is; a journal of another one is not gone on with.
        is_resumed: Whether to go on with what is there.

    Attributes:
        pieces: What is in it already.

    Raises:
        CheckError: It cannot be written, is of another sweep, or another process writes it.
    """

    def __init__(self, path: Path, sweep: str, *, is_resumed: bool) -> None:
        self.path = path
        self.pieces: list[Piece] = []
        head = _line({"journal": FORMAT, "sweep": sweep})
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise CheckError(
                f"The journal {path} cannot be written ({error.strerror}): give another place "
                "with --journal FILE.",
                slug="journal-unwritable",
            ) from error
        with contextlib.ExitStack() as stack:
            stack.callback(os.close, self._file)
            self._lock()
            good = self._read(head, is_resumed=is_resumed)
            os.ftruncate(self._file, good)
            if not good:
                self._append(head)
            stack.pop_all()

    def add(self, piece: Piece) -> None:
        """Write a piece down for good: it is on the disk when this returns."""
        fields: dict[str, Any] = {"first": piece.first, "ns": piece.durations_ns}
        if piece.failed:
            fields["failed"] = [_packed(one) for one in piece.failed]
        if piece.orders:
            fields["orders"] = piece.orders
        self._append(_line(fields))

    def close(self) -> None:
        """Close the file, so that another process may go on."""
        os.close(self._file)

    def remove(self) -> None:
        """Delete the file: the sweep is complete, and there is nothing to go on with."""
        self.path.unlink(missing_ok=True)

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CheckError(
                f"Another process writes the journal {self.path}: wait until it is done, or give "
                "this sweep a journal of its own with --journal FILE.",
                slug="journal-taken",
            ) from None

    def _read(self, head: bytes, *, is_resumed: bool) -> int:
        """Read what is there, and return where to go on writing; 0 to begin."""
        with os.fdopen(os.dup(self._file), "rb") as file:
            file.seek(0)
            first = file.readline()
            if first and FORMAT.encode() not in first and _fields(first) is None:
                raise CheckError(
                    f"{self.path} exists and is no journal, so it is not overwritten: give "
                    "another place with --journal FILE.",
                    slug="journal-taken",
                )
            if not is_resumed or not first:
                return 0
            if first != head:
                raise CheckError(
                    f"{self.path} is the journal of another sweep: the program, its world, its "
                    "promises or loopscope have changed. Begin again without --resume.",
                    slug="journal-other",
                )
            return self._read_pieces(file, len(first))

    def _read_pieces(self, file: Any, good: int) -> int:  # noqa: ANN401  (a binary file)
        seen: set[int] = set()
        at = good
        for line in file:
            at += len(line)
            fields = _fields(line)
            piece = None if fields is None else _unpacked(fields)
            if piece is None:
                continue
            good = at
            if seen.isdisjoint(piece.seeds):
                seen.update(piece.seeds)
                self.pieces.append(piece)
        return good

    def _append(self, line: bytes) -> None:
        os.lseek(self._file, 0, os.SEEK_END)
        try:
            while line:
                line = line[os.write(self._file, line) :]
            os.fsync(self._file)
        except OSError as error:
            raise CheckError(
                f"The journal {self.path} cannot be written ({error.strerror}): the sweep was "
                "stopped. Make room, and go on with --resume.",
                slug="journal-unwritable",
            ) from error


def _line(fields: dict[str, Any]) -> bytes:
    text = json.dumps(fields, separators=(",", ":"))
    return f"{crc32(text.encode()):08x} {text}\n".encode()


def _fields(line: bytes) -> dict[str, Any] | None:
    """Return what a line says; None if it is damaged."""
    if not line.endswith(b"\n") or line[8:9] != b" ":
        return None
    try:
        if int(line[:8], 16) != crc32(line[9:-1]):
            return None
        fields = json.loads(line[9:])
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None


def _packed(one: Failed) -> list[Any]:
    return [
        *(one.seed, one.case, one.kind, one.where, one.broken, one.duration_ns),
        int(one.is_world),
    ]


def _unpacked(fields: dict[str, Any]) -> Piece | None:
    try:
        failed = tuple(
            Failed(seed, case, kind, where, broken, ns, bool(is_world))
            for seed, case, kind, where, broken, ns, is_world in fields.get("failed", ())
        )
        orders = tuple(tuple(map(str, order)) for order in fields.get("orders", ()))
        return Piece(fields["first"], tuple(fields["ns"]), failed, orders=orders)
    except (KeyError, TypeError, ValueError):
        return None


def gaps(first: int, count: int, pieces: list[Piece]) -> Iterator[range]:
    """Yield the seeds of a sweep that no piece has, in order, as ranges."""
    at, end = first, first + count
    for piece in sorted(pieces, key=lambda one: one.first):
        if piece.first > at:
            yield range(at, min(piece.first, end))
        at = max(at, piece.seeds.stop)
    if at < end:
        yield range(at, end)
