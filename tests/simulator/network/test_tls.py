"""TLS inside a simulation: on streams, on blocking sockets, begun later, and refused."""

import asyncio
import socket
import ssl
import threading

import aiohttp
from tests.simulator.network.clients import (
    with_aiohttp,
    with_requests,
)
from tests.simulator.network.simulated import of
from tests.simulator.network.sites import slow_hello, start_site


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
