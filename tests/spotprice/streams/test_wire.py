"""Messages as they come over the wire: compressed or not, true or not."""

import gzip
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spotprice.streams.wire import MOST_MESSAGE_BYTES, decode


def test_numbers_stay_exact() -> None:
    """A number comes out digit by digit as it was written, in text and in compressed bytes."""
    text = '{"price":62717.10000000000000001}'
    packed = gzip.compress(text.encode())
    expected = {"price": "62717.10000000000000001"}
    assert decode(text) == decode(text.encode()) == decode(packed, is_gzip=True) == expected


def test_a_text_of_a_stream_that_compresses_is_a_text() -> None:
    """Only binary messages are unpacked."""
    assert decode("[1]", is_gzip=True) == ["1"]


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(b"[" * (MOST_MESSAGE_BYTES + 1)),
        gzip.compress(bytes(200 * MOST_MESSAGE_BYTES), compresslevel=1),
        gzip.compress(b"[1]")[:-9],
        b"",
        b"[1]",
    ],
    ids=["long", "bomb", "cut", "empty", "plain"],
)
def test_what_cannot_be_unpacked_is_refused(packed: bytes) -> None:
    """Too long, cut off or not gzip at all: a ``ValueError``, after a megabyte at the most."""
    with pytest.raises(ValueError, match=r"megabyte|gzip"):
        decode(packed, is_gzip=True)


@given(message=st.binary(max_size=200) | st.text(max_size=200), is_gzip=st.booleans())
@example(message="[" * 100_000, is_gzip=False)
@example(message="1e99999999999999999999", is_gzip=False)
@example(message="9" * 100_000, is_gzip=False)
@example(message="NaN", is_gzip=False)
def test_anything_is_json_or_refused(message: str | bytes, is_gzip: bool) -> None:
    """No message makes decoding fail in another way than with a ``ValueError``."""
    try:
        decoded = decode(message, is_gzip=is_gzip)
    except ValueError:
        return
    json.dumps(decoded)
