"""A client of a line protocol, with and without patience."""
# how: simulate --cost none --world world.toml

import asyncio
from asyncio import StreamReader, StreamWriter, open_connection, timeout, wait_for


class Line:
    reader: StreamReader
    writer: StreamWriter

    async def open(self) -> None:
        self.reader, self.writer = await open_connection("echo.test", 7)  # expect: no-timeout

    async def ask(self, question: str) -> bytes:
        self.writer.write(question.encode() + b"\n")
        return await self.reader.readline()  # expect: no-timeout

    async def ask_patiently(self, question: str) -> bytes:
        self.writer.write(question.encode() + b"\n")
        return await wait_for(self.reader.readline(), timeout=3)  # right: no-timeout

    async def ask_exactly(self, question: bytes) -> bytes:
        self.writer.write(question)
        return await self.reader.readexactly(len(question))  # right: no-timeout

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()  # accept: no-timeout


async def polite() -> bytes:
    line = Line()
    async with timeout(5):
        line.reader, line.writer = await open_connection("echo.test", 7)  # right: no-timeout
        answer = await line.ask_exactly(b"abc")
    line.writer.close()
    return answer


async def rude() -> bytes:
    line = Line()
    await line.open()
    answer = await line.ask("hello")
    answer += await line.ask_patiently("again")
    await line.close()
    return answer


async def main() -> None:
    print(await asyncio.gather(polite(), rude()))  # accept: sequential-awaits


asyncio.run(main())
