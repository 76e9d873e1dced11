"""Requests that share one session and its pool of connections.

What it shows: one session for the whole program keeps connections open and hands them on, so that
the next request need not connect anew. Each body is read inside its `async with`: afterwards the
connection belongs to somebody else, and a large body could no longer be read.

What a newcomer expects: one session for each request, "to be safe". That pays for a new connection
every time and pools nothing.

What it prints: answers as they come, shortest first, although they were asked for in the opposite
order; then the number of connections made: three for the first three requests, none for the next.

    python examples/network/slow_api.py python examples/network/shared_pool.py
    loopscope simulate --world examples/worlds/api.toml examples/network/shared_pool.py

Needs aiohttp (`pip install aiohttp`).
"""

import asyncio
import sys
import time
from types import SimpleNamespace

import aiohttp

PATHS = ["/orders", "/users", "/health"]


class Connections:
    """Counts the connections that a session makes."""

    def __init__(self) -> None:
        """Begin with none."""
        self.made = 0
        self.trace = aiohttp.TraceConfig()
        self.trace.on_connection_create_end.append(self._count)

    async def _count(
        self,
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        _params: aiohttp.TraceConnectionCreateEndParams,
    ) -> None:
        self.made += 1


async def fetch(session: aiohttp.ClientSession, path: str, started_s: float) -> int:
    """Fetch one path and return the size of its body."""
    async with session.get(path) as response:
        body = await response.read()  # <- inside, while the connection is ours
    print(f"  {path} after {time.perf_counter() - started_s:.1f} s")
    return len(body)


async def main(base_url: str) -> None:
    """Fetch the three paths twice with one session."""
    connections = Connections()
    async with aiohttp.ClientSession(base_url, trace_configs=[connections.trace]) as session:
        for visit in ("first", "second"):
            print(f"{visit} round")
            started_s = time.perf_counter()
            sizes = await asyncio.gather(*(fetch(session, path, started_s) for path in PATHS))
            print(f"  {len(sizes)} answers, {connections.made} connections made so far")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:] or ["http://api.example.com"]))
