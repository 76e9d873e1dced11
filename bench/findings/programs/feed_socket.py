"""A ticker over a WebSocket that is connected anew when it breaks."""
# how: run

from __future__ import annotations

import asyncio
import json
import random

import websockets

URI = "wss://feed.test"


async def listen(rounds: int) -> list[object]:
    found = []
    for attempt in range(rounds):
        try:
            async with websockets.connect(URI, open_timeout=5) as socket:  # right: session-per-request
                while True:
                    found.append(json.loads(await socket.recv()))  # expect: no-timeout
        except ConnectionError:
            await asyncio.sleep(random.random() * 2**attempt)  # right: polling
    return found


async def listen_well() -> object:
    async with websockets.connect(URI) as socket:
        async with asyncio.timeout(10):
            return json.loads(await socket.recv())  # right: no-timeout


async def ask_both() -> list[object]:
    async with websockets.connect(URI) as socket:
        return await asyncio.gather(socket.recv(), socket.recv())  # expect: shared-connection, no-timeout


async def send_all(sockets: list[websockets.ClientConnection], text: str) -> None:
    for socket in sockets:
        await socket.send(text)  # accept: sequential-awaits, no-timeout


async def main() -> None:
    print("needs a network:", URI)


asyncio.run(main())
