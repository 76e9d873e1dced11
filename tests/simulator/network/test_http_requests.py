"""Requests are read from a stream in pieces of any size; nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopscope.simulator.hosts.http_request import BadRequestError, Request, RequestReader

Read = tuple[list[Request], int | None]


def read(pieces: list[bytes]) -> Read:
    """Return the requests in a stream, and the status of the error that ended it, if any."""
    reader = RequestReader()
    requests: list[Request] = []
    for piece in pieces:
        reader.feed(piece)
        try:
            while (request := reader.take()) is not None:
                requests.append(request)
        except BadRequestError as error:
            return requests, error.status
    return requests, None


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Return data in pieces, cut at some places."""
    ends = sorted({place % (len(data) + 1) for place in places})
    return [data[a:b] for a, b in zip([0, *ends], [*ends, len(data)], strict=True)]


TOKENS = st.sampled_from(["accept", "x-word", "host", "content-type", "connection"])
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
BODIES = st.binary(max_size=60)


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """A request that is well formed: with a body of a known length, in chunks, or without."""
    method = draw(st.sampled_from(["GET", "POST", "PUT"]))
    lines = [f"{method} /{draw(st.sampled_from(['', 'a', 'b?c=d']))} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in draw(st.lists(st.tuples(TOKENS, VALUES)))]
    body = b""
    match draw(st.sampled_from(["none", "sized", "chunked"])):
        case "sized":
            body = draw(BODIES)
            lines.append(f"Content-Length: {len(body)}")
        case "chunked":
            lines.append("Transfer-Encoding: chunked")
            chunks = [chunk for chunk in draw(st.lists(BODIES, max_size=4)) if chunk]
            ending = draw(st.sampled_from([b"\r\n", b"x-trailer: 1\r\n\r\n"]))
            body = b"".join(b"%x;ext=1\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
            body += b"0\r\n" + ending
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


PLACES = st.lists(st.integers(min_value=0, max_value=5000), max_size=30)


@given(st.lists(messages(), max_size=4), PLACES)
def test_pieces_of_any_size_give_the_same_requests(sent: list[bytes], places: list[int]) -> None:
    """A stream of requests is read the same in one piece, in any pieces, and byte by byte."""
    stream = b"".join(sent)
    requests, error = whole = read([stream])
    assert (len(requests), error) == (len(sent), None)
    assert read(cut(stream, places)) == whole
    assert read([stream[at : at + 1] for at in range(len(stream))]) == whole


HOSTILE = st.one_of(
    st.binary(max_size=200),
    st.lists(
        st.sampled_from(
            [
                b"GET / HTTP/1.1\r\n",
                b"\r\n",
                b"\r",
                b"Content-Length: 5\r\n",
                b"Content-Length: -1\r\n",
                b"Content-Length: 99999999999999999999\r\n",
                b"Transfer-Encoding: chunked\r\n",
                b"Transfer-Encoding: gzip\r\n",
                b"5\r\nhello\r\n",
                b"0\r\n\r\n",
                b"ffffffffffffffffffff\r\n",
                b"GET / HTTP/2.0\r\n\r\n",
                b": no name\r\n",
                b"x" * 70_000,
            ]
        ),
        max_size=8,
    ).map(b"".join),
)


@given(HOSTILE, PLACES)
def test_hostile_bytes_are_read_or_refused_the_same_in_any_pieces(
    stream: bytes, places: list[int]
) -> None:
    """Whatever arrives, requests come out or a status, and both do not depend on the pieces."""
    assert read(cut(stream, places)) == read([stream])


@pytest.mark.parametrize(
    ("stream", "status"),
    [
        (b"hello\r\n\r\n", 400),
        (b"GET / HTTP/1.1 more\r\n\r\n", 400),
        (b"G\x01T / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\n\r\n", 505),
        (b"GET / SPDY\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n: nameless\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\ncontent-length: five\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\ncontent-length: 999999999999\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\ntransfer-encoding: gzip\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\ncontent-length: 1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n", 400),
        (b"GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc", 400),
        (b"GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n" + b"1" * 2000, 400),
        (b"GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nfffffffff\r\n", 413),
        (b"GET / HTTP/1.1\r\nx: " + b"y" * 70_000 + b"\r\n\r\n", 431),
        (b"x" * 70_000, 431),
        (b"GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n" + b"z" * 70_000, 431),
    ],
)
def test_what_is_no_request_has_a_status(stream: bytes, status: int) -> None:
    """Each way of being no request is answered with the status that says so."""
    assert read([stream]) == ([], status)


def test_what_a_request_says() -> None:
    """Path, query, headers and body of a request are what was sent."""
    sent = (
        b"\r\nPOST http://h/a/b?x=1&x=2&y= HTTP/1.1\r\nHost: h\r\nAccept: a\r\naccept: b\r\n"
        b'Content-Length: 8\r\n\r\n{"k": 1}'
    )
    [request], _ = read([sent])
    assert (request.path, request.query) == ("/a/b", {"x": ["1", "2"], "y": [""]})
    assert request.headers == {"host": "h", "accept": "a, b", "content-length": "8"}
    assert request.json() == {"k": 1}
    assert request.keeps_alive


@pytest.mark.parametrize(
    ("version", "connection", "keeps"),
    [
        ("1.1", "", True),
        ("1.1", "close", False),
        ("1.1", "upgrade, Close", False),
        ("1.0", "", False),
        ("1.0", "Keep-Alive", True),
    ],
)
def test_whether_a_connection_is_kept(version: str, connection: str, *, keeps: bool) -> None:
    """HTTP/1.1 keeps a connection unless told otherwise, HTTP/1.0 the other way round."""
    sent = f"GET / HTTP/{version}\r\nConnection: {connection}\r\n\r\n".encode()
    [request], _ = read([sent])
    assert request.keeps_alive is keeps
