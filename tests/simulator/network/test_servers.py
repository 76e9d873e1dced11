"""HTTP servers and their clients in one simulation: on one loop, on several, in threads."""

import asyncio
import http.server
import json
import socketserver
import threading
import time
from pathlib import Path

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
from tests.simulator.network.sites import URL, slow_hello, start_site

from loopscope.simulator.hosts.host import Host


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
