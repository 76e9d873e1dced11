"""Integers for the page: columns as byte planes, gzipped, as text."""

import base64
import gzip
import json
import struct
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.integer]

GZIP_LEVEL = 6
"""Level 9 takes three times as long for a file one per cent smaller."""


def pack_columns(columns: Mapping[str, Integers]) -> str:
    """Pack columns of integers for ``decode.js``.

    The bytes are a length (uint32, little-endian), that many bytes of JSON, and the planes. The
    JSON lists ``[name, count, width, is_signed]`` a column. A column of a width of w bytes comes
    as w planes: all lowest bytes, then all second lowest and so on, since bytes of equal weight
    resemble each other and gzip finds that. Signed values are folded (0, -1, 1, -2 become 0, 1, 2,
    3), so that small ones need few bytes whatever their sign.

    Args:
        columns: By name; each any integers from -2**52 to 2**52 (52 days in ns): folded, those are
            what a JavaScript number still holds exactly.

    Returns:
        Base64 of the gzipped bytes, the same for the same columns.
    """
    described: list[tuple[str, int, int, int]] = []
    planes: list[bytes] = []
    for name, values in columns.items():
        is_signed = bool(values.min(initial=0) < 0)
        width, body = _planes(_folded(values) if is_signed else values.astype(np.uint64))
        described.append((name, len(values), width, int(is_signed)))
        planes.append(body)
    head = json.dumps(described, separators=(",", ":")).encode()
    return _as_text(struct.pack("<I", len(head)) + head + b"".join(planes))


def pack_json(value: object) -> str:
    """Pack a JSON value for ``decode.js``; a lone surrogate becomes a question mark."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return _as_text(text.encode("utf-8", "replace"))


def _folded(values: Integers) -> npt.NDArray[np.uint64]:
    wide = values.astype(np.int64)
    return ((wide << 1) ^ (wide >> 63)).astype(np.uint64)


def _planes(values: npt.NDArray[np.uint64]) -> tuple[int, bytes]:
    """Return how many bytes the largest value needs, and the planes, lowest bytes first."""
    width = (int(values.max(initial=0)).bit_length() + 7) // 8
    by_byte = values.astype("<u8").view(np.uint8).reshape(-1, 8)
    return width, np.ascontiguousarray(by_byte[:, :width].T).tobytes()


def _as_text(body: bytes) -> str:
    return base64.b64encode(gzip.compress(body, GZIP_LEVEL, mtime=0)).decode("ascii")
