"""A chat server and its clients in one program."""
# how: simulate --cost none --world world.toml

import asyncio
import sqlite3
import time

HISTORY: list[str] = []
MEMBERS: set[asyncio.StreamWriter] = set()


def check_spam(text: str) -> bool:
    time.sleep(0.05)  # expect: blocking-call=spam
    return "buy" in text


def open_log() -> sqlite3.Connection:
    log = sqlite3.connect(":memory:")  # right: blocking-call
    log.execute("create table messages (text)")  # right: blocking-call
    return log


LOG = open_log()


async def greet(writer: asyncio.StreamWriter) -> None:
    writer.write(b"hello\n")
    writer.drain()  # expect: never-awaited


async def send_all(line: bytes) -> None:
    for writer in MEMBERS:
        writer.write(line)
        await writer.drain()  # right: sequential-awaits


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await greet(writer)
    MEMBERS.add(writer)
    try:
        async with asyncio.timeout(30):
            while line := await reader.readline():  # right: no-timeout
                if check_spam(line.decode()):  # expect: blocking-call=spam
                    continue
                HISTORY.append(line.decode())
                await send_all(line)
    finally:
        MEMBERS.discard(writer)
        writer.close()


async def talk(port: int, name: str) -> list[bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)  # expect: no-timeout
    heard = [await reader.readline()]  # expect: no-timeout
    writer.write(f"hi from {name}\n".encode())
    heard.append(await asyncio.wait_for(reader.readline(), 5))  # right: no-timeout
    writer.close()
    return heard


async def watch(wanted: int) -> None:
    while len(HISTORY) < wanted:
        await asyncio.sleep(0.01)  # expect: polling


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 7001)
    async with server:
        names = ("ada", "bob", "eve")
        await asyncio.gather(watch(3), *(talk(7001, name) for name in names))  # right: unbounded-concurrency


asyncio.run(main())
