"""A real server on loopback that fails in one way, to compare simulated failures with."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

BODY = b"x" * 1000
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 1000\r\n\r\n"
UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"


@contextmanager
def bad_server(failure: str) -> Iterator[str]:
    """Serve a failure while the block runs; yields the address for a URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        if failure == "refuse":
            listener.close()
        else:
            thread = threading.Thread(target=_serve, args=(listener, failure), daemon=True)
            thread.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            if failure != "refuse":
                listener.shutdown(socket.SHUT_RDWR)
                thread.join()


def _serve(listener: socket.socket, failure: str) -> None:
    kept = []
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            break
        kept.append(connection)
        with suppress(OSError):  # a client that is gone already
            _read_request(connection)
            _fail(connection, failure)
    for connection in kept:
        connection.close()


def _read_request(connection: socket.socket) -> None:
    data = b""
    while b"\r\n\r\n" not in data and (piece := connection.recv(1000)):
        data += piece


def _fail(connection: socket.socket, failure: str) -> None:
    if failure == "reset":
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        connection.close()
    elif failure == "truncated-body":
        connection.sendall(HEAD + BODY[:500])
        connection.close()
    elif failure == "503":
        connection.sendall(UNAVAILABLE)
        connection.close()
