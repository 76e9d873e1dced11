"""Servers and their clients in one simulation: on one loop, on several, in threads."""

import asyncio
import errno
import http.server
import json
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from tests.simulator.network.clients import (
    BLOCKING,
    WAITING,
    Blocking,
    Waiting,
    name_of,
    with_aiohttp,
    with_requests,
)
from tests.simulator.network.simulated import of, simulate

from loopscope.simulator.hosts.host import Host

URL = "http://127.0.0.1:8080/"


async def start_site(handler: Callable[[web.Request], Any]) -> web.AppRunner:
    """Serve a handler with aiohttp at port 8080."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 8080).start()
    return runner


async def slow_hello(request: web.Request) -> web.Response:
    """Answer after half a second."""
    await asyncio.sleep(0.5)
    return web.Response(body=b"hello " + request.path.encode())


@pytest.mark.parametrize("client", WAITING, ids=name_of)
def test_an_aiohttp_server_and_its_clients_on_one_loop(client: Waiting) -> None:
    """Five clients at once are served at once."""

    async def main() -> list[bytes]:
        runner = await start_site(slow_hello)
        bodies = await asyncio.gather(*(client(URL, None) for _ in range(5)))
        await runner.cleanup()
        return bodies

    assert of(main) == ([b"hello /"] * 5, 0.5)


@pytest.mark.parametrize("client", BLOCKING, ids=name_of)
def test_blocking_clients_in_threads_of_the_server(client: Blocking) -> None:
    """Clients in worker threads talk to the server on the loop."""

    async def main() -> list[bytes]:
        runner = await start_site(slow_hello)
        bodies = await asyncio.gather(*(asyncio.to_thread(client, URL, None) for _ in range(3)))
        await runner.cleanup()
        return bodies

    assert of(main) == ([b"hello /"] * 3, 0.5)


def test_a_blocking_client_on_the_servers_own_loop_waits_for_its_limit() -> None:
    """A loop that is held by a client cannot serve it: the client gives up, as it really would."""

    async def main() -> str:
        runner = await start_site(slow_hello)
        try:
            with_requests(URL, 2.0)
        except OSError as error:
            return type(error).__name__
        finally:
            await runner.cleanup()
        return "served"

    assert of(main) == ("ReadTimeout", 2.0)


def test_a_server_on_a_loop_of_its_own_in_another_thread() -> None:
    """A server on another thread's loop serves a blocking client and a coroutine."""

    def main() -> list[bytes]:
        is_ready, is_over = threading.Event(), threading.Event()

        async def serve() -> None:
            runner = await start_site(slow_hello)
            is_ready.set()
            while not is_over.is_set():
                await asyncio.sleep(0.1)
            await runner.cleanup()

        thread = threading.Thread(target=asyncio.run, args=(serve(),))
        thread.start()
        is_ready.wait()
        bodies = [with_requests(URL, None), asyncio.run(with_aiohttp(URL, None))]
        is_over.set()
        thread.join()
        return bodies

    result, seconds = of(main)
    assert result == [b"hello /"] * 2
    assert 1.0 <= seconds <= 1.1


class EchoHandler(http.server.BaseHTTPRequestHandler):
    """A handler of the standard library's server."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer after a second, blocking the thread."""
        time.sleep(1)
        body = json.dumps({"path": self.path}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [(http.server.HTTPServer, 3.0), (http.server.ThreadingHTTPServer, 1.0)],
)
def test_the_standard_librarys_server_in_a_thread(
    kind: type[socketserver.BaseServer], seconds: float
) -> None:
    """A server that serves one at a time takes three times as long as one with threads."""

    async def main() -> tuple[list[bytes], float]:
        with kind(("127.0.0.1", 8080), EchoHandler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            calls = [asyncio.to_thread(with_requests, f"{URL}{i}", None) for i in range(3)]
            bodies = await asyncio.gather(*calls)
            taken = asyncio.get_running_loop().time()
            await asyncio.to_thread(server.shutdown)
            thread.join()
        return bodies, taken

    bodies = [b'{"path": "/%d"}' % number for number in range(3)]
    assert of(main)[0] == (bodies, seconds)


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


def tls_contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the contexts of a server and of a client that speak two protocols."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.set_alpn_protocols(["h2", "http/1.1"])
    client = ssl.create_default_context()
    client.set_alpn_protocols(["http/1.1"])
    return server, client


def test_tls_between_programs() -> None:
    """A server with TLS, clients of streams and of aiohttp, and the protocol that both speak."""

    async def main() -> list[object]:
        for_server, for_client = tls_contexts()
        seen: list[object] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            about = writer.get_extra_info("ssl_object")
            seen.append(("server", about.selected_alpn_protocol(), about.server_side))
            writer.write(await reader.readline())
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 8443, ssl=for_server)
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", 8443, ssl=for_client, server_hostname="localhost"
        )
        writer.write(b"hello\n")
        seen.append(await reader.read())
        seen.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        writer.close()
        server.close()
        return seen

    assert of(main)[0] == [("server", "http/1.1", True), b"hello\n", "http/1.1"]


def test_tls_begun_later() -> None:
    """``start_tls`` turns a plain connection into one with TLS, on both sides."""

    async def main() -> bytes:
        for_server, for_client = tls_contexts()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            assert await reader.readline() == b"STARTTLS\n"
            writer.write(b"go\n")
            await writer.start_tls(for_server)
            writer.write(b"secret " + await reader.readline())
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 2525)
        reader, writer = await asyncio.open_connection("127.0.0.1", 2525)
        writer.write(b"STARTTLS\n")
        assert await reader.readline() == b"go\n"
        await writer.start_tls(for_client, server_hostname="mail.example.com")
        writer.write(b"word\n")
        answer = await reader.read()
        writer.close()
        server.close()
        return answer

    assert of(main)[0] == b"secret word\n"


def test_tls_of_blocking_sockets() -> None:
    """A blocking server and a blocking client with TLS, each in its thread."""

    def main() -> tuple[bytes, str | None, type[socket.socket]]:
        for_server, for_client = tls_contexts()
        listener = socket.create_server(("127.0.0.1", 8443))

        def serve() -> None:
            with listener, for_server.wrap_socket(listener, server_side=True) as secure:
                connection, _ = secure.accept()
                with connection:
                    connection.sendall(b"echo " + connection.recv(100))

        thread = threading.Thread(target=serve)
        thread.start()
        with (
            socket.create_connection(("127.0.0.1", 8443)) as plain,
            for_client.wrap_socket(plain, server_hostname="localhost") as secure,
        ):
            secure.sendall(b"hello")
            answer = secure.recv(100)
            thread.join()
            return answer, secure.version(), type(secure)

    answer, version, kind = of(main)[0]
    assert (answer, version, issubclass(kind, ssl.SSLSocket)) == (b"echo hello", "TLSv1.3", True)


def test_tls_towards_a_server_without() -> None:
    """A client that expects TLS and gets something else says so, as OpenSSL does."""

    async def main() -> list[str]:
        runner = await start_site(slow_hello)
        said = []
        try:
            await with_aiohttp("https://127.0.0.1:8080/", None)
        except aiohttp.ClientConnectorSSLError as error:
            said.append(str(error))
        try:
            await asyncio.to_thread(with_requests, "https://127.0.0.1:8080/", None)
        except OSError as error:
            said.append(str(error))
        await runner.cleanup()
        return said

    result = of(main)[0]
    assert len(result) == 2
    assert all("WRONG_VERSION_NUMBER" in text for text in result)


def test_a_websocket_between_aiohttp_and_aiohttp() -> None:
    """Messages both ways, and the closing handshake."""

    async def serve(request: web.Request) -> web.WebSocketResponse:
        connection = web.WebSocketResponse()
        await connection.prepare(request)
        async for message in connection:
            await asyncio.sleep(0.1)
            await connection.send_str(message.data.upper())
        return connection

    async def main() -> list[str]:
        runner = await start_site(serve)
        said = []
        async with aiohttp.ClientSession() as session, session.ws_connect(URL) as connection:
            for word in ("one", "two"):
                await connection.send_str(word)
                said.append(await connection.receive_str())
        await runner.cleanup()
        return said

    assert of(main) == (["ONE", "TWO"], 0.2)


def test_a_host_that_is_a_server_of_the_program() -> None:
    """A name of the world leads to a server of the program, with a latency in between."""

    async def main() -> list[object]:
        runner = await start_site(slow_hello)
        loop = asyncio.get_running_loop()
        seen: list[object] = []
        try:
            async with aiohttp.ClientSession() as session:
                for _ in range(2):
                    before = loop.time()
                    async with session.get("http://api.example.com/via") as response:
                        seen.append(await response.text())
                    seen.append(round(loop.time() - before, 6))
        finally:
            await runner.cleanup()
        return seen

    host = Host("api.example.com", forward="127.0.0.1:8080", latency="200ms", connect="50ms")
    assert of(main, host)[0] == ["hello /via", 0.75, "hello /via", 0.7]
    nobody = Host("api.example.com", forward="127.0.0.1:8081")
    assert isinstance(simulate(main, nobody).result, aiohttp.ClientConnectorError)


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


def test_files_are_sent() -> None:
    """A file sent by the loop, and one served by aiohttp, arrive whole."""
    path = Path(__file__)

    async def main() -> list[bool]:
        loop = asyncio.get_running_loop()
        received: list[bytes] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            received.append(await reader.read())
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 9000)
        _, writer = await asyncio.open_connection("127.0.0.1", 9000)
        with path.open("rb") as file:
            await loop.sendfile(writer.transport, file)
        writer.close()
        await asyncio.sleep(0.1)
        server.close()

        async def page(_: web.Request) -> web.FileResponse:
            return web.FileResponse(path)

        runner = await start_site(page)
        received.append(await with_aiohttp(URL, None))
        await runner.cleanup()
        return [one == path.read_bytes() for one in received]

    assert of(main)[0] == [True, True]


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
    """A loop asked to watch a real file says that it would leave the simulation."""

    async def main() -> None:
        asyncio.get_running_loop().add_reader(0, print)

    assert "real file descriptor 0" in str(simulate(main).result)


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
