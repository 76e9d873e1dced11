"""Streams, datagrams and bare sockets of one simulation, on loops and in threads."""

import asyncio
import errno
import socket
import threading
import time
from typing import Any

from tests.simulator.network.simulated import of, simulate

from loopscope.simulator.hosts.host import Host


def test_asyncio_streams_on_both_sides() -> None:
    """A server of asyncio streams, many clients, half-closed connections."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        data = await reader.read()
        writer.write(data[::-1])
        writer.write_eof()
        writer.close()
        await writer.wait_closed()

    async def ask(text: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("localhost", 9000)
        writer.write(text)
        writer.write_eof()
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer

    async def main() -> list[bytes]:
        server = await asyncio.start_server(serve, "127.0.0.1", 9000)
        async with server:
            return await asyncio.gather(*(ask(b"abc%d" % number) for number in range(4)))

    assert of(main) == ([b"0cba", b"1cba", b"2cba", b"3cba"], 0.0)


def test_a_full_buffer_holds_the_sender_back() -> None:
    """A sender goes on only as its receiver reads; nothing is lost and little is kept."""
    size = 5_000_000

    async def main() -> tuple[int, list[float], bool]:
        loop = asyncio.get_running_loop()
        drained: list[float] = []

        async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for _number in range(5):
                writer.write(bytes(size // 5))
                await writer.drain()
                drained.append(loop.time())
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 9000)
        reader, writer = await asyncio.open_connection("127.0.0.1", 9000)
        await asyncio.sleep(1)
        was_held = not drained
        received = 0
        while data := await reader.read(500_000):
            received += len(data)
            await asyncio.sleep(0.1)
        writer.close()
        server.close()
        return received, drained, was_held

    (received, drained, was_held), seconds = of(main)
    assert received == size
    assert was_held
    assert drained == sorted(drained)
    assert 1 < drained[0] < drained[-1] < seconds


def test_a_blocking_sender_is_held_back_too() -> None:
    """``sendall`` blocks until the other thread has read, and its limit holds for the whole."""

    def main() -> tuple[int, float, str]:
        one, other = socket.socketpair()
        received: list[int] = []

        def read() -> None:
            time.sleep(2)
            while data := other.recv(100_000):
                received.append(len(data))

        thread = threading.Thread(target=read)
        thread.start()
        one.sendall(bytes(1_000_000))
        sent_at = time.monotonic()
        one.shutdown(socket.SHUT_WR)
        thread.join()
        one.close()
        other.close()
        return sum(received), sent_at, limit_of_sendall()

    assert of(main)[0] == (1_000_000, 2.0, "timed out")


def limit_of_sendall() -> str:
    """Return what a sender says whose receiver never reads."""
    one, other = socket.socketpair()
    one.settimeout(0.5)
    try:
        one.sendall(bytes(1_000_000))
    except TimeoutError as error:
        return str(error)
    finally:
        one.close()
        other.close()
    return "sent"


def test_a_listener_that_nobody_accepts_from_fills_up() -> None:
    """Connections beyond the backlog are tried again after 1, 3, 7 s, as by Linux."""

    def main() -> list[float]:
        listener = socket.create_server(("127.0.0.1", 9000), backlog=1)
        clients = [socket.create_connection(("127.0.0.1", 9000)) for _ in range(2)]
        started = time.monotonic()

        def accept_later() -> None:
            time.sleep(2)
            clients.extend(listener.accept()[0] for _ in range(3))

        thread = threading.Thread(target=accept_later)
        thread.start()
        clients.append(socket.create_connection(("127.0.0.1", 9000)))
        waited = time.monotonic() - started
        thread.join()
        for one in (*clients, listener):
            one.close()
        return [waited]

    assert of(main)[0] == [3.0]


def test_unix_sockets() -> None:
    """Sockets with a path for an address, which is no file."""

    def main() -> tuple[bytes, object]:
        with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as client:
            listener.bind("/run/app.sock")
            listener.listen()
            client.connect("/run/app.sock")
            server, _ = listener.accept()
            with server:
                client.sendall(b"hello")
                return server.recv(100), client.getpeername()

    assert of(main)[0] == (b"hello", "/run/app.sock")

    def to_nobody() -> None:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect("/nowhere")

    assert isinstance(simulate(to_nobody).result, FileNotFoundError)


def test_unix_sockets_on_a_loop() -> None:
    """Streams over Unix sockets, with and without a socket of the program's own."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.readline()).upper())
        writer.close()

    async def ask(**options: Any) -> bytes:
        reader, writer = await asyncio.open_unix_connection(**options)
        writer.write(b"hello\n")
        answer = await reader.read()
        writer.close()
        return answer

    async def main() -> list[object]:
        server = await asyncio.start_unix_server(serve, "/run/app.sock")
        seen: list[object] = [await ask(path="/run/app.sock")]
        with socket.socket(socket.AF_UNIX) as mine:
            mine.connect("/run/app.sock")
            seen.append(await ask(sock=mine))
        server.close()
        try:
            await ask(path="/run/app.sock")
        except FileNotFoundError as error:
            seen.append(error.errno)
        return seen

    assert of(main)[0] == [b"HELLO\n", b"HELLO\n", errno.ENOENT]


def test_a_server_at_no_particular_address() -> None:
    """A server without a host listens for both families, at ports that are chosen."""

    async def main() -> list[bytes]:
        def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"hello")
            writer.close()

        server = await asyncio.start_server(greet, None, 0)
        answers = []
        for sock in server.sockets:
            host = "::1" if sock.family == socket.AF_INET6 else "127.0.0.1"
            reader, writer = await asyncio.open_connection(host, sock.getsockname()[1])
            answers.append(await reader.read())
            writer.close()
        server.close()
        return answers

    assert of(main)[0] == [b"hello", b"hello"]


def test_datagrams_on_a_loop() -> None:
    """Datagram endpoints of asyncio, and a message to a host, which answers on TCP only."""

    class Echo(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: Any) -> None:
            self.transport.sendto(data.upper(), addr)

    class Asker(asyncio.DatagramProtocol):
        def __init__(self) -> None:
            self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        def datagram_received(self, data: bytes, addr: Any) -> None:  # noqa: ARG002
            self.answer.set_result(data)

    async def main() -> bytes:
        loop = asyncio.get_running_loop()
        server, _ = await loop.create_datagram_endpoint(Echo, ("127.0.0.1", 5353))
        client, asker = await loop.create_datagram_endpoint(Asker, remote_addr=("127.0.0.1", 5353))
        client.sendto(b"hello")
        answer = await asker.answer
        server.close()
        client.close()
        return answer

    assert of(main)[0] == b"HELLO"

    def to_a_host() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(b"x", ("api.example.com", 53))

    outcome = simulate(to_a_host, Host("api.example.com"))
    assert "answer on TCP only" in str(outcome.result)


def test_sockets_of_a_loop_by_hand() -> None:
    """The ``sock_*`` methods, ``add_reader`` and ``add_writer`` of the loop."""

    async def main() -> list[object]:
        loop = asyncio.get_running_loop()
        seen: list[object] = []
        with socket.create_server(("127.0.0.1", 9000)) as listener, socket.socket() as client:
            listener.settimeout(0)
            client.settimeout(0)
            accepting = asyncio.create_task(loop.sock_accept(listener))
            await loop.sock_connect(client, ("127.0.0.1", 9000))
            server, address = await accepting
            with server:
                seen.append(address == client.getsockname())
                await loop.sock_sendall(client, b"hello")
                seen.append(await loop.sock_recv(server, 100))
                readable = asyncio.Event()
                loop.add_reader(client, readable.set)
                loop.call_later(1, server.send, b"x")
                await readable.wait()
                seen.append((loop.time(), loop.remove_reader(client), loop.remove_reader(client)))
                writable = asyncio.Event()
                loop.add_writer(client.fileno(), writable.set)
                await writable.wait()
                seen.append((loop.remove_writer(client), loop.remove_writer(client)))
        return seen

    assert of(main)[0] == [True, b"hello", (1.0, True, False), (True, False)]


def test_a_real_descriptor_cannot_be_watched() -> None:
    """A line that lets a loop watch a real file is told that it would leave the simulation."""

    async def main() -> None:
        asyncio.get_running_loop().add_reader(0, print)

    line = main.__code__.co_firstlineno + 1
    assert str(simulate(main).result).startswith(
        f"Line {line} of {__file__} lets the loop watch the real file descriptor 0"
    )


def test_a_server_of_another_kind_is_refused() -> None:
    """A socket that cannot be simulated is refused with a sentence."""
    outcome = simulate(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW))
    assert "only TCP, UDP and Unix stream sockets can" in str(outcome.result)


def test_what_threads_outside_do_stays_real() -> None:
    """A thread that is no part of the simulation gets real sockets while it goes on."""
    started = threading.Event()
    seen: list[object] = []

    def outside() -> None:
        started.wait()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            seen.append(isinstance(listener, socket.socket))
            with socket.create_connection(listener.getsockname()) as client:
                client.sendall(b"real")
                server, _ = listener.accept()
                with server:
                    seen.append(server.recv(4))

    thread = threading.Thread(target=outside)
    thread.start()
    simulate(started.set)
    thread.join()
    assert seen == [True, b"real"]
