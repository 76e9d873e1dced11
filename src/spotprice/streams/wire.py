"""From the bytes of a message to what it says, within bounds: an exchange may send anything."""

import zlib

from spotprice.exchanges.base import Json
from spotprice.exchanges.body import read_json

MOST_MESSAGE_BYTES = 1 << 20
"""The longest message that is documented (100 levels of a book) has some 10 KB."""

_GZIP_FRAME = 16 + zlib.MAX_WBITS


def decode(message: str | bytes, *, is_gzip: bool = False) -> Json:
    """Read a message as ``read_json`` does, after unpacking it where it is compressed.

    Raises:
        ValueError: It is not JSON, not whole, or longer than any true one.
    """
    if isinstance(message, str):
        message = message.encode()
    elif is_gzip:
        message = _inflate(message)
    return read_json(message)


def _inflate(packed: bytes) -> bytes:
    inflater = zlib.decompressobj(_GZIP_FRAME)
    try:
        unpacked = inflater.decompress(packed, MOST_MESSAGE_BYTES)
    except zlib.error as error:
        raise ValueError("It is not gzip.") from error
    if not inflater.eof:
        raise ValueError("It is cut off, or unpacks to more than a megabyte.")
    return unpacked
