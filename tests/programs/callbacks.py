"""Callbacks that are no task: `call_soon`, `call_later`, `add_reader`, and protocols."""

import asyncio
import socket


class Shout(asyncio.Protocol):
    """A server's side of a connection: sends back what it gets, in capitals."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer and close."""
        self.transport.write(data.upper())  # <- answers in a callback
        self.transport.close()


class Listen(asyncio.Protocol):
    """A client's side of a connection: collects until the server closes."""

    def __init__(self, answer: asyncio.Future[str]) -> None:
        """Remember where the answer goes."""
        self.answer = answer
        self.received = b""

    def data_received(self, data: bytes) -> None:
        """Collect."""
        self.received += data

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the answer, or the reason why there is none."""
        if exc is None:
            self.answer.set_result(self.received.decode())  # <- wakes main by I/O
        else:
            self.answer.set_exception(exc)


async def wait_for_soon(loop: asyncio.AbstractEventLoop) -> None:
    """Wait for a callback in the next turn of the loop."""
    done = loop.create_future()
    loop.call_soon(done.set_result, "call_soon")
    print(await done)  # <- waits for call_soon


async def wait_for_later(loop: asyncio.AbstractEventLoop) -> None:
    """Wait for a callback of a timer."""
    done = loop.create_future()
    loop.call_later(0.05, done.set_result, "call_later")
    print(await done)  # <- waits for call_later


async def wait_for_reader(loop: asyncio.AbstractEventLoop) -> None:
    """Wait until a socket can be read; a timer writes to its other end."""
    near, far = socket.socketpair()
    done = loop.create_future()

    def read() -> None:
        loop.remove_reader(near)
        done.set_result(near.recv(100).decode())  # <- wakes main in a reader

    with near, far:
        loop.add_reader(near, read)
        loop.call_later(0.05, far.send, b"add_reader")
        print(await done)  # <- waits for add_reader


async def wait_for_protocol(loop: asyncio.AbstractEventLoop) -> None:
    """Send a word through a server on the loopback address."""
    server = await loop.create_server(Shout, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        answer: asyncio.Future[str] = loop.create_future()
        transport, _ = await loop.create_connection(lambda: Listen(answer), "127.0.0.1", port)
        transport.write(b"protocol")
        print(await answer)  # <- waits for the protocol


async def main() -> None:
    """Wait for each kind of callback in turn."""
    loop = asyncio.get_running_loop()
    await wait_for_soon(loop)
    await wait_for_later(loop)
    await wait_for_reader(loop)
    await wait_for_protocol(loop)


if __name__ == "__main__":
    asyncio.run(main())
