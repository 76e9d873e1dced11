"""Unmodified clients talk to described hosts, and everything takes exactly its time."""

import asyncio
import io
import socket

import aiohttp
import httpx
import pytest
import requests
from tests.simulator.network.clients import (
    BLOCKING,
    WAITING,
    Blocking,
    Waiting,
    name_of,
    with_aiohttp,
    with_async_httpx,
    with_requests,
)
from tests.simulator.network.simulated import of, simulate

from loopscope.simulator.hosts.host import Host

API = Host("api.example.com", latency="1s", answer={"price": 5})
BODY = b'{"price": 5}'
SCHEMES = ["http", "https"]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("client", BLOCKING, ids=name_of)
def test_one_blocking_request_takes_the_latency(client: Blocking, scheme: str) -> None:
    """A request on a fresh connection takes 1 s, to the nanosecond, with TLS and without."""
    assert of(lambda: client(f"{scheme}://api.example.com/", None), API) == (BODY, 1.0)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("client", WAITING, ids=name_of)
def test_one_request_of_a_coroutine_takes_the_latency(client: Waiting, scheme: str) -> None:
    """A request on a fresh connection takes 1 s, to the nanosecond, with TLS and without."""

    async def main() -> bytes:
        return await client(f"{scheme}://api.example.com/", None)

    assert of(main, API) == (BODY, 1.0)


@pytest.mark.parametrize("client", BLOCKING, ids=name_of)
def test_blocking_requests_in_coroutines_hold_the_loop(client: Blocking) -> None:
    """Five blocking requests under gather take five times as long, and timers are late."""

    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        late: list[float] = []
        loop.call_later(0.5, lambda: late.append(loop.time()))

        async def one() -> None:
            await asyncio.sleep(0)
            client("http://api.example.com/", None)

        await asyncio.gather(*(one() for _ in range(5)))
        return late

    assert of(main, API) == ([5.0], 5.0)


@pytest.mark.parametrize("client", WAITING, ids=name_of)
def test_requests_of_coroutines_overlap(client: Waiting) -> None:
    """Five requests under gather take as long as one."""

    async def main() -> int:
        urls = [f"https://h{number}.example.com/" for number in range(5)]
        return len(await asyncio.gather(*(client(url, None) for url in urls)))

    assert of(main, Host("*.example.com", latency="1s")) == (5, 1.0)


@pytest.mark.parametrize("client", BLOCKING, ids=name_of)
def test_blocking_requests_in_threads_overlap(client: Blocking) -> None:
    """Three requests in worker threads take as long as one, and the loop goes on meanwhile."""

    async def main() -> tuple[int, int]:
        beats = 0

        async def beat() -> None:
            nonlocal beats
            while True:
                await asyncio.sleep(0.3)
                beats += 1

        beating = asyncio.create_task(beat())
        calls = [asyncio.to_thread(client, "https://api.example.com/", None) for _ in range(3)]
        bodies = await asyncio.gather(*calls)
        beating.cancel()
        return len(bodies), beats

    assert of(main, API) == ((3, 3), 1.0)


def test_a_session_uses_its_connection_again() -> None:
    """Five requests of one session make one connection, as connecting takes time."""
    slow_to_connect = Host("api.example.com", latency="1s", connect="100ms", tls="50ms")

    def main() -> int:
        with requests.Session() as session:
            return sum(session.get("https://api.example.com/").status_code for _ in range(5))

    assert of(main, slow_to_connect) == (1000, 5.15)


def test_connecting_looking_up_and_tls_take_what_is_given() -> None:
    """The times of a fresh connection add up: name, connection, handshake, answer."""
    host = Host("api.example.com", latency="1s", connect="100ms", tls="20ms", dns="3ms")
    assert of(lambda: with_requests("https://api.example.com/", None), host)[1] == 1.123
    assert of(lambda: with_requests("http://api.example.com/", None), host)[1] == 1.103

    async def main() -> bytes:
        return await with_aiohttp("https://api.example.com/", None)

    assert of(main, host)[1] == 1.123


@pytest.mark.parametrize("client", BLOCKING, ids=name_of)
def test_a_timeout_of_a_blocking_client_comes_on_time(client: Blocking) -> None:
    """A client that waits at most 0.3 s for an answer gives up after 0.3 s."""
    outcome = simulate(lambda: client("https://api.example.com/", 0.3), API)
    assert isinstance(outcome.result, Exception)
    assert "timed out" in str(outcome.result)
    assert outcome.seconds == 0.3


@pytest.mark.parametrize("client", WAITING, ids=name_of)
def test_a_timeout_of_a_coroutine_comes_on_time(client: Waiting) -> None:
    """A client that waits at most 0.3 s for an answer gives up after 0.3 s."""

    async def main() -> bytes:
        return await client("https://api.example.com/", 0.3)

    outcome = simulate(main, API)
    assert isinstance(outcome.result, TimeoutError | httpx.ReadTimeout)
    assert outcome.seconds == 0.3


def test_a_timeout_is_late_where_a_neighbour_blocks() -> None:
    """A coroutine with a limit of 0.3 s hears of it after 2 s, as long as its loop was held."""

    async def main() -> str:
        loop = asyncio.get_running_loop()
        loop.call_later(0.1, lambda: with_requests("http://slow.example.com/", None))
        try:
            await with_aiohttp("http://api.example.com/", 0.3)
        except TimeoutError:
            return f"gave up at {loop.time()}"
        return "got an answer"

    slow = Host("slow.example.com", latency="1.9s")
    assert of(main, API, slow) == ("gave up at 2.0", 2.0)


def post_in_chunks(body: bytes) -> bytes:
    """Post a body whose length is not told beforehand, and return what comes back."""
    chunks = iter([body[:10], body[10:]])
    return requests.post("https://api.example.com/", data=chunks, timeout=10).content


def test_bodies_of_any_size_arrive() -> None:
    """Bodies beyond every buffer arrive whole, both ways."""
    sent = bytes(range(256)) * 20_000

    def echo(request: object) -> bytes:
        body: bytes = request.body  # type: ignore[attr-defined]
        return body

    host = Host("api.example.com", answer=echo)

    async def main() -> tuple[bool, bool, bool]:
        async with (
            aiohttp.ClientSession() as session,
            session.post("https://api.example.com/", data=io.BytesIO(sent)) as response,
        ):
            one = await response.read()
        async with httpx.AsyncClient() as client:
            two = (await client.post("https://api.example.com/", content=sent)).content
        three = await asyncio.to_thread(post_in_chunks, sent)
        return one == sent, two == sent, three == sent

    assert of(main, host)[0] == (True, True, True)


def test_what_a_client_asks_of_tls_has_answers() -> None:
    """Version, cipher, certificate and protocol of a connection are those of a good one."""

    async def main() -> list[object]:
        reader, writer = await asyncio.open_connection("api.example.com", 443, ssl=True)
        about = writer.get_extra_info("ssl_object")
        certificate = about.getpeercert()
        writer.close()
        await writer.wait_closed()
        await reader.read()
        return [about.version(), about.cipher()[0], certificate["subjectAltName"]]

    assert of(main, API)[0] == [
        "TLSv1.3",
        "TLS_AES_256_GCM_SHA384",
        (("DNS", "api.example.com"),),
    ]


def test_a_look_up_of_bytes_holds_nobody_up() -> None:
    """A name in bytes, as anyio gives it, is looked up in a thread too."""

    async def main() -> list[str]:
        loop = asyncio.get_running_loop()
        order: list[str] = []

        async def look_up() -> None:
            await loop.getaddrinfo(b"api.example.com", 443)
            order.append("found")

        async def sleep() -> None:
            await asyncio.sleep(0.001)
            order.append("slept")

        await asyncio.gather(look_up(), sleep())
        return order

    slow = Host("api.example.com", dns="1s")
    assert of(main, slow)[0] == ["slept", "found"]


def test_names_have_addresses() -> None:
    """A described host has one address of its own, the same in every way of asking."""

    async def main() -> list[object]:
        loop = asyncio.get_running_loop()
        name = "api.example.com"
        found = await loop.getaddrinfo(name, 443, type=socket.SOCK_STREAM)
        return [
            found,
            socket.gethostbyname(name),
            socket.gethostbyname_ex(name),
            socket.gethostbyaddr("10.1.0.0"),
            await loop.getnameinfo(("10.1.0.0", 443)),
            socket.gethostname(),
            socket.getfqdn(),
        ]

    assert of(main, API)[0] == [
        [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.0.0", 443))],
        "10.1.0.0",
        ("api.example.com", [], ["10.1.0.0"]),
        ("api.example.com", [], ["10.1.0.0"]),
        ("api.example.com", "https"),
        "loopscope",
        "loopscope",
    ]


def test_looking_names_up_takes_threads_of_the_pool() -> None:
    """Look-ups that take time wait for a free thread of the default pool, as on a real loop."""

    async def main() -> float:
        loop = asyncio.get_running_loop()
        names = [f"h{number}.example.com" for number in range(20)]
        await asyncio.gather(*(loop.getaddrinfo(name, 80) for name in names))
        return loop.time()

    # The pool has as many threads as the world has processors, and four more: eight.
    assert of(main, Host("*.example.com", dns="1s"))[0] == 3.0


def test_looking_up_waits_for_a_pool_that_is_full_of_something_else() -> None:
    """A look-up that takes no time itself waits for the calls that block every thread."""

    async def main() -> float:
        loop = asyncio.get_running_loop()
        calls = [
            asyncio.to_thread(with_requests, "http://api.example.com", None) for _ in "12345678"
        ]
        blocked = asyncio.gather(*calls)
        await asyncio.sleep(0.5)
        await with_async_httpx("http://api.example.com/", None)
        await blocked
        return loop.time()

    assert of(main, API)[0] == 2.0
