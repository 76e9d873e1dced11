"""The protocol of Redis (RESP2 and RESP3): commands in, values out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

MOST_ARGUMENTS: Final = 1024 * 1024
MOST_BYTES: Final = 512 * 1024 * 1024
MOST_LINE: Final = 64 * 1024


class ProtocolError(Exception):
    """What arrived is no command; the connection is closed after saying so."""


@dataclass(frozen=True, slots=True)
class Simple:
    """A short answer such as ``OK``."""

    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    """An error: its code and a sentence, ``ERR unknown command``."""

    text: str


@dataclass(frozen=True, slots=True)
class Push:
    """Something that nobody asked for: a message of a channel."""

    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Members with their scores or values: pairs to a client of RESP3, else one flat list."""

    pairs: Sequence[tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Keyed:
    """Something of each of some keys: a map to a client of RESP3, else a list of pairs."""

    pairs: Sequence[tuple[bytes, Any]]


OK: Final = Simple("OK")


class CommandReader:
    """Cuts a stream into commands; the same ones come out whatever the pieces are."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        """Take bytes."""
        self._buffer += data

    def take(self) -> list[bytes] | None:
        """Return the next command with its arguments, or None if more bytes are needed.

        Raises:
            ProtocolError: It is none.
        """
        while True:
            if not self._buffer.startswith(b"*"):
                line = self._line(0)
                if line is None:
                    return None
                del self._buffer[: line[1]]
                words = line[0].split()
            else:
                found = self._array()
                if found is None:
                    return None
                words = found
            if words:
                return words

    def _array(self) -> list[bytes] | None:
        line = self._line(1)
        if line is None:
            return None
        count, at = _number(line[0], MOST_ARGUMENTS, "multibulk"), line[1]
        words = []
        for _ in range(count):
            line = self._line(at + 1)
            if at < len(self._buffer) and self._buffer[at] != ord("$"):
                raise ProtocolError("expected '$'")
            if line is None:
                return None
            size, start = _number(line[0], MOST_BYTES, "bulk"), line[1]
            if len(self._buffer) < start + size + 2:
                return None
            words.append(bytes(self._buffer[start : start + size]))
            at = start + size + 2
        del self._buffer[:at]
        return words

    def _line(self, start: int) -> tuple[bytes, int] | None:
        """Return the line that begins at a place, and where the next one begins."""
        end = self._buffer.find(b"\n", start, start + MOST_LINE)
        if end < 0:
            if len(self._buffer) - start >= MOST_LINE:
                raise ProtocolError("too big inline request")
            return None
        return bytes(self._buffer[start:end]).rstrip(b"\r"), end + 1


def _number(digits: bytes, most: int, what: str) -> int:
    if not digits.isdigit() or len(digits) > 10 or int(digits) > most:  # noqa: PLR2004
        raise ProtocolError(f"invalid {what} length")
    return int(digits)


def encode(value: Any, version: int) -> bytes:
    """Return a value as it is sent.

    Args:
        value: None, int, float, bytes, str, list, set, dict, ``Simple``, ``Fault``,
            ``Pairs``, ``Keyed`` or ``Push``.
        version: 2 or 3, the version of the protocol that the client asked for.
    """
    parts: list[bytes] = []
    _encode(value, version, parts)
    return b"".join(parts)


def _encode(value: Any, version: int, parts: list[bytes]) -> None:
    if isinstance(value, bytes):
        parts.append(b"$%d\r\n%b\r\n" % (len(value), value))
    elif isinstance(value, Simple):
        parts.append(f"+{value.text}\r\n".encode())
    elif isinstance(value, Fault):
        parts.append(f"-{value.text}\r\n".encode())
    elif isinstance(value, int):
        parts.append(b":%d\r\n" % value)
    elif value is None:
        parts.append(b"_\r\n" if version == 3 else b"$-1\r\n")  # noqa: PLR2004
    elif isinstance(value, str):
        _encode(value.encode(), version, parts)
    elif isinstance(value, float):
        text = format_number(value)
        parts.append(f",{text}\r\n".encode() if version == 3 else encode(text, 2))  # noqa: PLR2004
    else:
        _encode_many(value, version, parts)


def _encode_many(value: Any, version: int, parts: list[bytes]) -> None:
    is_new = version == 3  # noqa: PLR2004
    if isinstance(value, Pairs):
        pairs = [list(pair) for pair in value.pairs]
        value = pairs if is_new else [one for pair in pairs for one in pair]
    elif isinstance(value, Keyed):
        value = dict(value.pairs) if is_new else [list(pair) for pair in value.pairs]
    mark, members, size = "*", value, 0
    if isinstance(value, Mapping):
        mark, size = ("%", len(value)) if is_new else ("*", 2 * len(value))
        members = [one for pair in value.items() for one in pair]
    elif isinstance(value, Push):
        mark, members, size = ">" if is_new else "*", value.values, len(value.values)
    elif isinstance(value, set):
        mark, members, size = "~" if is_new else "*", sorted(value), len(value)
    else:
        size = len(value)
    parts.append(f"{mark}{size}\r\n".encode())
    for member in members:
        _encode(member, version, parts)


def format_number(value: float) -> str:
    """Return a number as Redis writes it: 17 digits at most, no ``.0``."""
    if value in (float("inf"), float("-inf")):
        return "inf" if value > 0 else "-inf"
    return str(int(value)) if value == int(value) and abs(value) < 1e17 else repr(value)  # noqa: PLR2004
