"""Servers in a process of their own that answer after a while: all at once, two, or one by one."""

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator

MANY, SINGLE, HTTP, TWO = 18_461, 18_462, 18_463, 18_464
"""The ports: at the first all requests are answered at once, at the second one after another, at
the third over HTTP, all at once, and at the fourth two at a time."""


@contextlib.contextmanager
def serving() -> Iterator[None]:
    """Let the servers run."""
    with subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE) as process:
        if process.stdout is not None:
            process.stdout.readline()  # it listens
        try:
            yield
        finally:
            process.terminate()


async def ask(address: str, delay_s: float) -> None:
    """Ask for an answer after a delay."""
    host, _, port = address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"{delay_s}\n".encode())
    await reader.readline()
    writer.close()


def ask_blocking(port: int, delay_s: float) -> None:
    """Ask, and hold the calling thread."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(f"{delay_s}\n".encode())
        connection.recv(100)


async def _answer_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer requests of one connection; the path is the delay in seconds."""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(float(head.split()[1].lstrip(b"/")))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")
    writer.close()


async def _serve() -> None:
    lock, slots = asyncio.Lock(), asyncio.Semaphore(2)

    async def answer(
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        limit: asyncio.Lock | asyncio.Semaphore | None,
    ) -> None:
        delay_s = float(await reader.readline())
        async with limit or contextlib.nullcontext():
            await asyncio.sleep(delay_s)
        writer.write(b"done\n")
        writer.close()

    await asyncio.start_server(lambda r, w: answer(r, w, None), "127.0.0.1", MANY)
    await asyncio.start_server(lambda r, w: answer(r, w, lock), "127.0.0.1", SINGLE)
    await asyncio.start_server(lambda r, w: answer(r, w, slots), "127.0.0.1", TWO)
    await asyncio.start_server(_answer_http, "127.0.0.1", HTTP)
    print(flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
