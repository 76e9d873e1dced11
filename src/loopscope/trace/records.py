"""Packs one record so that a process killed in between leaves nothing half written."""

import struct

_HEAD = struct.Struct("<Q")
_TAIL = struct.Struct("<QIIII")


def pack_record(  # noqa: PLR0913, PLR0917  (the fields of a record)
    body: memoryview, at: int, head: int, second: int, a: int, b: int, c: int, d: int
) -> None:
    """Write a record at an offset; its kind, the head's top byte, is the last byte stored."""
    _TAIL.pack_into(body, at + 8, second, a, b, c, d)
    _HEAD.pack_into(body, at, head)
