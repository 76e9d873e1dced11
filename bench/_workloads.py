"""The programs whose cost is measured, and how one of them is measured against itself.

python bench/_workloads.py NAME SIZE TRACE [PAIRS]

Without PAIRS: runs the workload once, recorded into TRACE. With it: runs it PAIRS times recorded,
each time between two unrecorded runs, and prints as JSON the CPU time of each recorded run
divided by the mean of its two neighbours, so that a machine whose speed drifts does not matter.
Places are described in a short run before the measured one: the ratio is that of a program
that goes on, not of its first moments.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

import loopscope

CONNECTIONS = 50
MESSAGE = b"x" * 100 + b"\n"


async def ping_pong(size: int) -> None:
    """Two tasks that do nothing but hand the loop to each other, ``size`` times each."""

    async def player() -> None:
        for _ in range(size):
            await asyncio.sleep(0)

    await asyncio.gather(player(), player())


async def echo(size: int) -> None:
    """Fifty TCP connections on loopback, through streams, ``size`` messages each."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)
            await writer.drain()
        writer.close()

    async def talk(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(size):
            writer.write(MESSAGE)
            await writer.drain()
            await reader.readline()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await asyncio.gather(*(talk(port) for _ in range(CONNECTIONS)))
    server.close()


async def http(size: int) -> None:
    """An aiohttp server and ten clients in one loop, ``size`` requests each."""
    from aiohttp import ClientSession, web  # noqa: PLC0415  (the other workloads do without)

    async def hello(_request: web.Request) -> web.Response:
        await asyncio.sleep(0)
        return web.json_response({"hello": "world"})

    app = web.Application()
    app.router.add_get("/", hello)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"

    async def client(session: ClientSession) -> None:
        for _ in range(size):
            async with session.get(url) as response:
                await response.json()

    async with ClientSession() as session:
        await asyncio.gather(*(client(session) for _ in range(10)))
    await runner.cleanup()


async def mixed(size: int) -> None:
    """Timers, a bounded queue and bare yields among a hundred tasks; about 10 steps a unit."""

    async def produce(queue: asyncio.Queue[int]) -> None:
        for number in range(size):
            await queue.put(number)
            if number % 50 == 0:
                await asyncio.sleep(0.0001)

    async def consume(queue: asyncio.Queue[int]) -> None:
        while True:
            await queue.get()
            for _ in range(6):
                await asyncio.sleep(0)

    queue: asyncio.Queue[int] = asyncio.Queue(10)
    consumers = [asyncio.create_task(consume(queue)) for _ in range(100)]
    await produce(queue)
    for consumer in consumers:
        consumer.cancel()
    await asyncio.gather(*consumers, return_exceptions=True)


WORKLOADS: dict[str, Callable[[int], Coroutine[Any, Any, None]]] = {
    "ping_pong": ping_pong,
    "echo": echo,
    "http": http,
    "mixed": mixed,
}


def cpu_s(name: str, size: int) -> float:
    """Run a workload and return the CPU seconds it took."""
    gc.collect()
    before = time.process_time()
    asyncio.run(WORKLOADS[name](size))
    return time.process_time() - before


def recorded_cpu_s(name: str, size: int, trace: str) -> float:
    """Run a workload recorded and return the CPU seconds it took."""
    with loopscope.record(trace):
        asyncio.run(WORKLOADS[name](max(size // 50, 1)))
        return cpu_s(name, size)


def ratios(name: str, size: int, trace: str, pairs: int) -> list[float]:
    """Return recorded / unrecorded for each pair."""
    cpu_s(name, size)
    before, found = cpu_s(name, size), []
    for _ in range(pairs):
        recorded = recorded_cpu_s(name, size, trace)
        after = cpu_s(name, size)
        found.append(recorded / ((before + after) / 2))
        before = after
    return found


if __name__ == "__main__":
    program, trace_path = sys.argv[1], sys.argv[3]
    if len(sys.argv) > 4:
        print(json.dumps(ratios(program, int(sys.argv[2]), trace_path, int(sys.argv[4]))))
    else:
        recorded_cpu_s(program, int(sys.argv[2]), trace_path)
