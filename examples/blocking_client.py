"""A blocking HTTP client under `gather`: five fetches that cannot overlap.

What it shows: `gather` can only overlap waits that the event loop knows of. `urllib.request` waits
inside the operating system and keeps the loop's only thread while it does.

What a newcomer expects: five fetches of 0.2 s "in parallel", 0.2 s in all, while the heartbeat goes
on beating every 50 ms.

What loopscope will say: five stalls of 0.2 s at the marked line held the loop for 1.0 s, and then
the heartbeat had four beats to go: 1.2 s in all. The thread was blocked, it did not compute.
Meanwhile the fetches behind the first one were ready and could not start, and the heartbeat was
about 0.95 s late: the loop does not even look at its timers between two tasks that are ready.

The way out: `await asyncio.to_thread(fetch, url)`, or an HTTP client written for asyncio.
"""

import asyncio
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWERS_AFTER_S = 0.2
HEARTBEAT_S = 0.05

# The server is on this machine: whatever proxy the environment names has no part in it.
CLIENT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class SlowAnswer(BaseHTTPRequestHandler):
    """Answer every GET after a while, each in a thread of its own."""

    def do_GET(self) -> None:
        """Wait, then say hello."""
        time.sleep(ANSWERS_AFTER_S)  # in a thread of the server: the loop does not notice
        body = b"hello"
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep the terminal for the client."""


@contextmanager
def running_server() -> Iterator[str]:
    """Serve on a free port of the loopback address and give the URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), SlowAnswer) as server:
        poll_every_s = 0.05  # how soon `shutdown` is noticed
        threading.Thread(target=server.serve_forever, args=(poll_every_s,), name="server").start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


def fetch(url: str) -> str:
    """Get one page the blocking way."""
    with CLIENT.open(url, timeout=5) as response:  # <- blocks
        body: bytes = response.read()
    return body.decode()


async def fetch_and_tell(number: int, url: str) -> str:
    """Fetch once; looks asynchronous, but has no `await` in it."""
    text = fetch(url)
    print(f"  fetch {number} has its answer")
    return text


async def beat() -> float:
    """Try to wake up every 50 ms and return the worst lateness."""
    loop = asyncio.get_running_loop()
    worst_s = 0.0
    for _ in range(5):
        due_s = loop.time() + HEARTBEAT_S
        await asyncio.sleep(HEARTBEAT_S)
        worst_s = max(worst_s, loop.time() - due_s)
    return worst_s


async def main(url: str) -> None:
    """Fetch five times under `gather`, with a heartbeat beside it."""
    started_s = time.perf_counter()
    heartbeat = asyncio.create_task(beat(), name="heartbeat")
    await asyncio.sleep(0)  # let the heartbeat begin
    answers = await asyncio.gather(*(fetch_and_tell(number, url) for number in range(1, 6)))
    elapsed_s = time.perf_counter() - started_s
    print(f"{len(answers)} fetches in {elapsed_s:.1f} s: one after another")
    print(f"heartbeat: up to {await heartbeat:.2f} s late")


if __name__ == "__main__":
    with running_server() as server_url:
        asyncio.run(main(server_url))
