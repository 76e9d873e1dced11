"""A coroutine makes a blocking HTTP request of 0.4 s; three tickers suffer from it."""

import asyncio
import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class SlowAnswer(BaseHTTPRequestHandler):
    """Answer every GET after 0.4 s."""

    def do_GET(self) -> None:
        """Wait, then answer."""
        time.sleep(0.4)  # <- holds only its thread
        self.send_response(HTTPStatus.NO_CONTENT)
        self.end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def running_server() -> Iterator[int]:
    """Serve on a free port of the loopback address and give the port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), SlowAnswer) as server:
        poll_every_s = 0.05
        threading.Thread(target=server.serve_forever, args=(poll_every_s,), name="server").start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


async def tick(period_s: float) -> float:
    """Sleep ten times and return the worst lateness."""
    loop = asyncio.get_running_loop()
    worst_s = 0.0
    for _ in range(10):
        due_s = loop.time() + period_s
        await asyncio.sleep(period_s)
        worst_s = max(worst_s, loop.time() - due_s)
    return worst_s


async def fetch(port: int) -> int:
    """Let the tickers get going, then make the request."""
    await asyncio.sleep(0.05)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/")
    response = connection.getresponse()  # <- blocks
    connection.close()
    return response.status


async def main(port: int) -> None:
    """Run the tickers beside the task that makes the request."""
    async with asyncio.TaskGroup() as group:
        tickers = [group.create_task(tick(0.02), name=f"ticker-{number}") for number in range(3)]
        fetcher = group.create_task(fetch(port), name="fetcher")
    late_count = sum(ticker.result() > 0.3 for ticker in tickers)
    print(f"status {fetcher.result()}, {late_count} of {len(tickers)} tickers were late")


if __name__ == "__main__":
    with running_server() as server_port:
        asyncio.run(main(server_port))
