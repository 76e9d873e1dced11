"""The other simulators of asyncio on PyPI, behind one function each: run ten hosts and a client.

They simulate loops, not sockets. So each host is a server that is written here with asyncio's
streams, and the clients speak HTTP without TLS. No peer can run a client that blocks.
"""

import asyncio
import functools
import importlib
import importlib.util
import random
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

Client = Callable[[], Coroutine[Any, Any, int]]
Spawn = Callable[[str, Coroutine[Any, Any, None]], asyncio.Task[None]]
Run = Callable[[Client, Sequence[str], int], int]

ANSWER = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n"
    b'{"price": "50000.1"}'
)
MEDIAN_LOG, SIGMA = -2.5257286443, 0.5
"""Of a latency with a median of 80 ms."""


async def serve(name: str, chance: random.Random) -> None:
    """Answer every request at port 80 after a latency with a long tail."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(chance.lognormvariate(MEDIAN_LOG, SIGMA))
                writer.write(ANSWER)
                await writer.drain()

    server = await asyncio.start_server(handle, name, 80)
    await server.serve_forever()


async def scenario(client: Client, names: Sequence[str], seed: int, spawn: Spawn) -> int:
    """Start the hosts, run the client, and end the hosts."""
    hosts = [spawn(name, serve(name, random.Random(f"{seed} {name}"))) for name in names]  # noqa: S311
    await asyncio.sleep(1)
    found = await client()
    for host in hosts:
        host.cancel()
    await asyncio.gather(*hosts, return_exceptions=True)
    return found


def in_detangle(client: Client, names: Sequence[str], seed: int) -> int:
    """Run under detangle."""
    detangle = importlib.import_module("detangle")

    def spawn(name: str, host: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task: asyncio.Task[None] = detangle.spawn(host, host=name)
        return task

    main = functools.partial(scenario, client, names, seed, spawn)
    return int(detangle.run(main, seed=seed))


def in_simloom(client: Client, names: Sequence[str], seed: int) -> int:
    """Run under simloom."""
    simloom = importlib.import_module("simloom")

    async def main(world: Any) -> int:  # noqa: ANN401  (of no known type)
        def spawn(name: str, host: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
            task: asyncio.Task[None] = world.host(name).spawn(host)
            return task

        return await scenario(client, names, seed, spawn)

    return int(simloom.run(main, seed=seed, virtual_time=True, seed_randomness=True).value)


def in_simloop(client: Client, names: Sequence[str], seed: int) -> int:
    """Run under simloop."""
    simloop = importlib.import_module("simloop")
    found: list[int] = []

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()

        def spawn(name: str, host: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
            task: asyncio.Task[None] = loop.net.host(name).create_task(host)
            return task

        found.append(await scenario(client, names, seed, spawn))

    report = simloop.explore(main, seeds=[seed])
    if report is not None:
        raise RuntimeError(str(report))
    return found[0]


def available() -> dict[str, Run]:
    """Return the peers that are installed; says in a line which are not."""
    missing = [name for name in PEERS if importlib.util.find_spec(name) is None]
    if missing:
        print(f"not installed, so not compared: {', '.join(missing)}")
    return {name: run for name, run in PEERS.items() if name not in missing}


PEERS: dict[str, Run] = {"detangle": in_detangle, "simloom": in_simloom, "simloop": in_simloop}
