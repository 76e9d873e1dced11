"""One HTTP request over real sockets: whatever the other side does is an answer or an error."""

import asyncio
import contextlib
import gzip
import socket
import struct
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from spotprice.errors import BadResponseError, ConnectError, ExchangeError, NetworkError
from spotprice.exchanges.base import Reply
from spotprice.network.transport import MOST_BODY_BYTES, Transport, make_session

Streams = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection the hard way."""
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def says(*parts: bytes) -> Streams:
    """Make a server that reads a request and writes these bytes, and then hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            for part in parts:
                writer.write(part)
                await writer.drain()
        writer.close()

    return serve


def body(content: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """Return a whole HTTP answer."""
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(content), *headers, b"", content]
    return b"\r\n".join(lines)


def fetch(serve: Streams, times: int = 1) -> list[Reply | ExchangeError]:
    """Ask a server of one's own a few times, over one session."""

    async def main() -> list[Reply | ExchangeError]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        outcomes: list[Reply | ExchangeError] = []
        async with server, make_session() as session:
            for _ in range(times):
                try:
                    reply, _ = await Transport(session).get("x", f"http://127.0.0.1:{port}/a")
                    outcomes.append(reply)
                except ExchangeError as error:
                    outcomes.append(error)
        return outcomes

    return asyncio.run(main())


def test_an_answer_comes_whole() -> None:
    """Status, headers (by small letters) and body come as they were sent."""
    (reply,) = fetch(says(body(b"{}", b"Retry-After: 3", status=b"429 Slow down")))
    assert isinstance(reply, Reply)
    assert (reply.status, reply.headers.get("retry-after"), reply.body) == (429, "3", b"{}")


def test_a_compressed_answer_is_unpacked() -> None:
    """A body in gzip is given as what it holds."""
    (reply,) = fetch(says(body(gzip.compress(b"{}"), b"Content-Encoding: gzip")))
    assert isinstance(reply, Reply)
    assert reply.body == b"{}"


def test_redirects_are_not_followed() -> None:
    """A redirect is an answer like any other: one request, one reply."""
    asked = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(body(b"", b"Location: /a", status=b"302 Found"))
        await writer.drain()
        writer.close()

    (reply,) = fetch(serve)
    assert isinstance(reply, Reply)
    assert (reply.status, len(asked)) == (302, 1)


def test_nothing_is_asked_twice_behind_our_back() -> None:
    """A connection that breaks when it is used again is an error, not a second request."""
    asked = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(body(b"{}"))
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        reset(writer)

    first, second = fetch(serve, times=2)
    assert (type(first), type(second), len(asked)) == (Reply, NetworkError, 2)


async def _hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    reset(writer)


ENDLESS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNK = b"10000\r\n" + bytes(0x10000) + b"\r\n"


@pytest.mark.parametrize(
    ("serve", "kind", "reason"),
    [
        (_hangs_up, NetworkError, "the connection broke before an answer came"),
        (
            says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"),
            NetworkError,
            "the connection broke in the middle of the answer",
        ),
        (says(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), BadResponseError, "its answer is not HTTP"),
        (
            says(b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n", *[bytes(65536)] * 100),
            BadResponseError,
            "its answer is longer than a megabyte",
        ),
        (
            says(ENDLESS, *[CHUNK] * 200),
            BadResponseError,
            "its answer is longer than a megabyte",
        ),
        (
            says(body(gzip.compress(bytes(60 * MOST_BODY_BYTES)), b"Content-Encoding: gzip")),
            BadResponseError,
            "its answer is longer than a megabyte",
        ),
    ],
    ids=["reset", "truncated", "not-http", "long", "endless", "bomb"],
)
def test_whatever_a_server_does_is_one_error(serve: Any, kind: type, reason: str) -> None:
    """Each way to answer badly has its kind and one sentence."""
    (error,) = fetch(serve)
    assert (type(error), str(error)) == (kind, f"x: {reason}.")


def test_a_closed_port_is_said_so() -> None:
    """Where nobody listens the error says that no connection was made."""

    async def main() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        async with make_session() as session:
            with pytest.raises(ConnectError, match=r"^x: no connection to 127\.0\.0\.1 \(.*\)\.$"):
                await Transport(session).get("x", f"http://127.0.0.1:{port}/")

    asyncio.run(main())


def test_a_name_that_is_not_known_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed look-up names the host."""

    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async def main() -> None:
        async with make_session() as session:
            with pytest.raises(ConnectError, match=r"the name nowhere\.example cannot be looked"):
                await Transport(session).get("x", "http://nowhere.example/")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    asyncio.run(main())


STUCK = """
import asyncio, socket, threading
from spotprice.aggregate import aggregate_prices

def stuck(*_, **__):
    threading.Event().wait()

socket.getaddrinfo = stuck
print(asyncio.run(aggregate_prices(["Kraken", "Binance"], deadline=0.2)))
"""


def test_a_stuck_look_up_keeps_no_process_from_ending() -> None:
    """With every look-up stuck for ever the prices are None and the process ends by itself."""
    done = subprocess.run(
        [sys.executable, "-c", STUCK], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "{'Kraken': None, 'Binance': None}\n",
        "",
    )
