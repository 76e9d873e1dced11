"""What a described HTTP host answers, and when."""

import asyncio
import socket
import time
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
import requests
from tests.simulator.network.clients import with_requests
from tests.simulator.network.simulated import of, simulate

from loopscope.simulator.hosts.host import Host
from loopscope.simulator.hosts.http_reply import Reply
from loopscope.simulator.hosts.http_request import Request

URL = "http://api.example.com"


def get(path: str = "/", **options: object) -> requests.Response:
    """Get a path of the host."""
    return requests.get(f"{URL}{path}", timeout=100, **options)  # type: ignore[arg-type]


def talk(*pieces: bytes) -> bytes:
    """Send pieces on one connection, and return everything that comes until it ends."""
    with socket.create_connection(("api.example.com", 80)) as connection:
        for piece in pieces:
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(1000), b""))


def test_without_an_answer_there_is_a_stub() -> None:
    """A host without answers says 200 and an empty JSON object to everything."""

    def main() -> list[object]:
        answer = requests.delete(f"{URL}/any/path?x=1", timeout=1)
        return [answer.status_code, answer.json(), answer.headers["content-type"]]

    assert of(main, Host("api.example.com"))[0] == [200, {}, "application/json"]


def test_the_first_answer_that_fits_counts() -> None:
    """Answers are tried in their order, by method and path; what fits none gets 404."""
    host = Host(
        "api.example.com",
        answers=[
            {"path": "/prices/clock", "json": {"price": 1}},
            {"path": "/prices/*", "json": {"price": 2}, "headers": {"X-From": "any"}},
            {"path": "/orders", "method": "POST", "status": 201, "body": "made"},
            {"path": "/*/deep/*", "body": "deep"},
        ],
    )

    def main() -> list[object]:
        first, second, deep = get("/prices/clock"), get("/prices/x?y=z"), get("/a/b/deep/c")
        made = requests.post(f"{URL}/orders", timeout=1)
        missing = get("/orders")
        return [
            first.json(),
            (second.json(), second.headers["x-from"]),
            (made.status_code, made.text, made.headers["content-type"]),
            deep.text,
            (missing.status_code, missing.text),
        ]

    assert of(main, host)[0] == [
        {"price": 1},
        ({"price": 2}, "any"),
        (201, "made", "text/plain; charset=utf-8"),
        "deep",
        (404, "No answer of api.example.com fits GET /orders.\n"),
    ]


def test_an_answer_may_take_its_own_time() -> None:
    """The latency of an answer goes before that of its host."""
    answers = [{"path": "/slow", "latency": "2s"}, {"path": "*"}]
    host = Host("api.example.com", latency="100ms", answers=answers)
    assert of(lambda: get("/slow").status_code, host) == (200, 2.0)
    assert of(lambda: get("/other").status_code, host) == (200, 0.1)


def test_answers_from_files(tmp_path: Path) -> None:
    """A directory answers the paths of its files, and nothing outside it."""
    (tmp_path / "site" / "sub").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "site" / "price.json").write_text('{"price": 3}')
    (tmp_path / "site" / "sub" / "index.html").write_text("<p>")
    (tmp_path / "site" / "a b.bin").write_bytes(b"\x00\x01")
    host = Host("api.example.com", answers=[{"directory": str(tmp_path / "site")}])

    def main() -> list[object]:
        found = [get("/price"), get("/price.json"), get("/sub"), get("/a%20b.bin")]
        paths = ["/../secret.txt", "/%2e%2e/secret.txt", "/sub/..%2f..%2fsecret.txt", "/%00", "/"]
        missing = [talk(f"GET {path} HTTP/1.1\r\n\r\n".encode())[9:12] for path in paths]
        return [[(one.content, one.headers["content-type"]) for one in found], missing]

    found, missing = of(main, host)[0]
    assert found == [
        (b'{"price": 3}', "application/json"),
        (b'{"price": 3}', "application/json"),
        (b"<p>", "text/html; charset=utf-8"),
        (b"\x00\x01", "application/octet-stream"),
    ]
    assert missing == [b"404"] * 5


def test_what_a_handler_may_return() -> None:
    """A handler returns bytes, text, JSON, a status with a body, a reply, or nothing."""
    values: dict[str, object] = {
        "/bytes": b"\x00",
        "/text": "text",
        "/json": [1, {"a": None}],
        "/pair": (418, "teapot"),
        "/reply": Reply({"a": 1}, 202, {"x-mine": "yes"}),
        "/none": None,
    }
    host = Host("api.example.com", answer=lambda request: values[request.path])

    def main() -> dict[str, tuple[int, bytes, str | None]]:
        answers = {path: get(path) for path in values}
        return {
            path: (one.status_code, one.content, one.headers.get("content-type"))
            for path, one in answers.items()
        }

    assert of(main, host)[0] == {
        "/bytes": (200, b"\x00", "application/octet-stream"),
        "/text": (200, b"text", "text/plain; charset=utf-8"),
        "/json": (200, b'[1, {"a": null}]', "application/json"),
        "/pair": (418, b"teapot", "text/plain; charset=utf-8"),
        "/reply": (202, b'{"a": 1}', "application/json"),
        "/none": (204, b"", None),
    }


def test_a_handler_sees_the_request_at_the_end_of_its_latency() -> None:
    """What a handler keeps is changed in the order of the answers, not of the requests."""
    log: list[tuple[str, str, float]] = []

    def handle(request: Request) -> str:
        log.append((request.method, request.body.decode(), time.monotonic()))
        return "ok"

    answers = [
        {"method": "POST", "latency": "2s", "handler": handle},
        {"method": "GET", "latency": "1s", "handler": handle},
    ]
    host = Host("api.example.com", answers=answers)

    async def main() -> None:
        async with httpx.AsyncClient() as client:
            await asyncio.gather(client.post(URL, content=b"body"), client.get(URL))

    of(main, host)
    assert log == [("GET", "", 1.0), ("POST", "body", 2.0)]


def test_a_handler_that_fails_is_a_problem_of_the_world() -> None:
    """The program gets status 500, and the error is kept for the report, with its line."""

    def broken(_: Request) -> str:
        raise KeyError("price")

    line = broken.__code__.co_firstlineno + 1

    outcome = simulate(lambda: get("/x").status_code, Host("api.example.com", answer=broken))
    assert outcome.result == 500
    said = f"broken of the host api.example.com failed at line {line} of {__file__}: KeyError"
    assert said in str(outcome.problems[0])
    unsendable = Host("api.example.com", answer=lambda _: Reply("", 200, {"a": "b\r\nc: d"}))
    outcome = simulate(lambda: get("/x").status_code, unsendable)
    assert (outcome.result, len(outcome.problems)) == (500, 1)


def test_a_handler_must_not_wait() -> None:
    """A handler that sleeps, or asks another host, is stopped and told so."""

    def sleepy(_: Request) -> str:
        time.sleep(1)
        return "late"

    def asking(_: Request) -> str:
        return requests.get("http://b.test/", timeout=1).text

    for handler in (sleepy, asking):
        hosts = [Host("api.example.com", answer=handler), Host("b.test", latency="1s")]
        outcome = simulate(lambda: get("/x").status_code, *hosts)
        assert (outcome.result, outcome.seconds) == (500, 0.0)
        assert "a handler must not wait" in str(outcome.problems[0])


def test_redirects_are_followed() -> None:
    """Clients follow a redirect to another path and to another host."""
    answers = [{"path": "/old", "redirect": "/new"}, {"path": "/new", "redirect": "http://b.test/"}]
    hosts = [Host("api.example.com", latency="1s", answers=answers), Host("b.test", answer="here")]

    def main() -> list[object]:
        answer = get("/old")
        return [answer.text, [one.status_code for one in answer.history]]

    assert of(main, *hosts) == (["here", [302, 302]], 2.0)


def test_head_has_no_body() -> None:
    """HEAD gets the head that GET would get."""
    host = Host("api.example.com", answers=[{"method": "GET", "body": "12345"}])

    def main() -> list[object]:
        answer = requests.head(URL, timeout=1)
        return [answer.status_code, answer.headers["content-length"], answer.content]

    assert of(main, host)[0] == [200, "5", b""]


def test_requests_sent_ahead_are_answered_in_order() -> None:
    """Pipelined requests are served one after the other, each in its own time."""
    host = Host("api.example.com", answer=lambda request: request.path, latency="1s")
    sent = b"".join(b"GET /%d HTTP/1.1\r\n\r\n" % number for number in range(3))
    answer, seconds = of(lambda: talk(sent[:30], sent[30:]), host)
    bodies = [part[:2] for part in answer.split(b"\r\n\r\n")[1:]]
    assert (bodies, seconds) == ([b"/0", b"/1", b"/2"], 3.0)


def test_a_body_is_asked_for_when_its_client_waits() -> None:
    """``Expect: 100-continue`` is answered as soon as the head is there."""

    def main() -> tuple[bytes, bytes]:
        with socket.create_connection(("api.example.com", 80)) as connection:
            head = b"POST / HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n"
            connection.sendall(head)
            go_ahead = connection.recv(1000)
            connection.sendall(b"hello")
            return go_ahead, connection.recv(1000)[:15]

    host = Host("api.example.com", latency="1s")
    assert of(main, host) == ((b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK"), 1.0)


def test_what_is_no_request_is_refused_and_the_connection_closed() -> None:
    """Nonsense gets 400, and then the end of the stream."""
    answer, _ = of(lambda: talk(b"what is this?\r\n\r\n"), Host("api.example.com"))
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"connection: close" in answer


def test_a_connection_closes_when_it_is_told_to() -> None:
    """``Connection: close`` ends the stream after the answer; HTTP/1.0 does so by itself."""
    for head in (b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n"):

        def main(sent: bytes = head) -> bytes:
            with socket.create_connection(("api.example.com", 80)) as connection:
                connection.sendall(sent)
                return b"".join(iter(lambda: connection.recv(1000), b""))

        assert of(main, Host("api.example.com"))[0].endswith(b"connection: close\r\n\r\n{}")


@pytest.mark.parametrize(("capacity", "seconds"), [(1, 6.0), (2, 3.0), (4, 2.0), (6, 1.0)])
def test_a_host_serves_so_many_at_a_time(capacity: int, seconds: float) -> None:
    """Six requests at once to a host of some capacity wait for each other, first come first."""
    order: list[str] = []

    def handle(request: Request) -> str:
        order.append(request.path)
        return ""

    host = Host("192.0.2.1", latency="1s", capacity=capacity, answer=handle)

    async def main() -> None:
        async with aiohttp.ClientSession() as session:

            async def one(number: int) -> None:
                async with session.get(f"http://192.0.2.1/{number}") as response:
                    await response.read()

            await asyncio.gather(*(one(number) for number in range(6)))

    assert of(main, host) == (None, seconds)
    assert order == [f"/{number}" for number in range(6)]


def test_a_websocket_that_echoes() -> None:
    """Text, bytes and long messages come back after the latency; pings are answered at once."""
    host = Host("api.example.com", latency="1s", answers=[{"path": "/ws", "websocket": "echo"}])

    async def main() -> list[object]:
        seen: list[object] = []
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{URL}/ws", protocols=["chat"]) as connection,
        ):
            for message in ("short", "m" * 1000, "l" * 100_000):
                await connection.send_str(message)
                seen.append(await connection.receive_str() == message)
            await connection.send_bytes(b"\x00\xff")
            seen.append((await connection.receive()).data)
            await connection.ping()
            seen.append(connection.protocol)
            await connection.close(code=1001)
            seen.append(connection.close_code)
        return seen

    assert of(main, host) == ([True, True, True, b"\x00\xff", "chat", 1001], 5.0)


def test_a_websocket_with_a_script() -> None:
    """A script sends its messages in its own time, and closes."""
    script = [{"after": "1s", "send": "one"}, {"after": "2s", "send": "two"}, {"close": 1000}]
    host = Host("api.example.com", answers=[{"websocket": script}])

    async def main() -> list[object]:
        loop = asyncio.get_running_loop()
        seen: list[object] = []
        async with aiohttp.ClientSession() as session, session.ws_connect(URL) as connection:
            seen += [(loop.time(), message.data) async for message in connection]
            seen.append(connection.close_code)
        return seen

    assert of(main, host)[0] == [(1.0, "one"), (3.0, "two"), 1000]


def test_a_websocket_asked_for_as_a_page_says_so() -> None:
    """A plain request for the path of a WebSocket gets 426."""
    host = Host("api.example.com", answers=[{"websocket": "echo"}])
    assert of(lambda: get("/").status_code, host)[0] == 426


def test_bad_frames_close_a_websocket() -> None:
    """A frame without a mask, or too long, ends the connection with the code that says why."""
    upgrade = (
        b"GET / HTTP/1.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
        b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )

    def main(frame: bytes) -> bytes:
        with socket.create_connection(("api.example.com", 80)) as connection:
            connection.sendall(upgrade)
            head = connection.recv(1000)
            assert b"sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
            connection.sendall(frame)
            return b"".join(iter(lambda: connection.recv(1000), b""))

    host = Host("api.example.com", answers=[{"websocket": "echo"}])
    assert of(lambda: main(b"\x81\x05hello"), host)[0] == b"\x88\x02\x03\xea"
    assert of(lambda: main(b"\x81\xff" + b"\xff" * 8), host)[0] == b"\x88\x02\x03\xf1"
    assert of(lambda: main(b"\x83\x80abcd"), host)[0] == b"\x88\x02\x03\xea"


def test_a_host_of_plain_tcp() -> None:
    """A handler answers bytes with bytes after the latency; without one they come back."""

    def main() -> bytes:
        with socket.create_connection(("line.example.com", 7)) as connection:
            connection.sendall(b"hello")
            first = connection.recv(100)
            connection.sendall(b"again")
            connection.shutdown(socket.SHUT_WR)
            return first + b"".join(iter(lambda: connection.recv(100), b""))

    echo = Host("line.example.com", kind="tcp", latency="1s")
    assert of(main, echo) == (b"helloagain", 2.0)
    shout = Host("line.example.com", kind="tcp", handler=lambda data: data.upper())
    assert of(main, shout) == (b"HELLOAGAIN", 0.0)

    def broken(_: bytes) -> bytes:
        raise KeyError("x")

    outcome = simulate(main, Host("line.example.com", kind="tcp", handler=broken))
    assert isinstance(outcome.result, ConnectionResetError)
    assert "broken of the host line.example.com failed" in str(outcome.problems[0])
    says_text: Any = bytes.decode
    wordy = Host("line.example.com", kind="tcp", handler=says_text)
    outcome = simulate(main, wordy)
    assert isinstance(outcome.result, ConnectionResetError)
    assert "it returned str, not bytes" in str(outcome.problems[0])


def test_pieces_and_messages_are_echoed_in_order() -> None:
    """What is echoed comes back in its order, however long each piece took."""
    latency = {"uniform": ["1ms", "1s"]}
    sent = [b"%d " % number for number in range(50)]

    def pieces() -> bytes:
        with socket.create_connection(("line.example.com", 7)) as connection:
            for piece in sent:
                connection.sendall(piece)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(1000), b""))

    assert of(pieces, Host("line.example.com", kind="tcp", latency=latency))[0] == b"".join(sent)

    async def messages() -> list[bytes]:
        async with aiohttp.ClientSession() as session, session.ws_connect(URL) as connection:
            for piece in sent:
                await connection.send_bytes(piece)
            return [await connection.receive_bytes() for _ in sent]

    host = Host("api.example.com", latency=latency, answers=[{"websocket": "echo"}])
    assert of(messages, host)[0] == sent


def test_a_black_hole_swallows_everything_after_it() -> None:
    """A piece that is never answered keeps those after it from being answered."""
    host = Host("line.example.com", kind="tcp", failures={"black-hole": 1.0})

    def main() -> None:
        with socket.create_connection(("line.example.com", 7)) as connection:
            connection.settimeout(5)
            connection.sendall(b"one")
            connection.sendall(b"two")
            connection.recv(100)

    outcome = simulate(main, host)
    assert (type(outcome.result), outcome.seconds) == (TimeoutError, 5.0)


def test_a_host_found_by_a_pattern() -> None:
    """An exact name goes before a pattern, a port before none."""
    hosts = [
        Host("*", answer="any"),
        Host("*.example.com", answer="pattern"),
        Host("api.example.com", answer="name"),
        Host("api.example.com", port=8080, answer="port"),
    ]
    urls = [
        "http://api.example.com:8080/",
        "http://API.example.com/",
        "http://x.example.com/",
        "http://other.test/",
        "http://192.0.2.1/",
    ]
    answers, _ = of(lambda: [with_requests(url, None) for url in urls], *hosts)
    assert answers == [b"port", b"name", b"any", b"any", b"any"]
    answers, _ = of(lambda: [with_requests(url, None) for url in urls[:4]], *hosts[1:], hosts[0])
    assert answers == [b"port", b"name", b"pattern", b"any"]
