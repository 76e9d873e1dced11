"""Objects that do one thing at a time, used by several tasks."""
# how: simulate --cost none --world world.toml

import asyncio

import asyncpg
import websockets


async def read_line(reader: asyncio.StreamReader) -> bytes:
    return await reader.readline()


async def two_readers() -> list:
    reader, writer = await asyncio.open_connection("echo.test", 7)
    writer.write(b"one\ntwo\n")
    answers = await asyncio.gather(read_line(reader), read_line(reader), return_exceptions=True)  # expect: shared-connection
    writer.close()
    return [answer for answer in answers if isinstance(answer, bytes)]


async def two_listeners() -> list:
    socket = await websockets.connect("ws://stream.test/")
    answers = await asyncio.gather(socket.recv(), socket.recv(), return_exceptions=True)  # expect: shared-connection
    await socket.close()
    return [answer for answer in answers if isinstance(answer, str)]


async def query(connection: asyncpg.Connection, text: str) -> int:
    try:
        return len(await connection.fetch(text))
    except asyncpg.InterfaceError:
        return 0


async def one_connection() -> None:
    connection = await asyncpg.connect("postgres://db.test/shop")
    async with asyncio.TaskGroup() as group:
        for table in ("users", "orders", "prices"):
            group.create_task(query(connection, f"select * from {table}"))  # expect: shared-connection
    await connection.close()


async def read_and_write() -> bytes:
    reader, writer = await asyncio.open_connection("echo.test", 7)
    line = asyncio.create_task(read_line(reader))  # right: shared-connection
    writer.write(b"one\n")
    await writer.drain()  # right: shared-connection
    answer = await line
    writer.close()
    return answer


async def main() -> None:
    async with asyncio.timeout(20):
        await asyncio.gather(two_readers(), two_listeners(), one_connection(), read_and_write())


asyncio.run(main())
