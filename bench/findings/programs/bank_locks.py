"""Accounts and locks: some must be held over an await, one need not."""
# how: simulate --cost none --world world.toml

import asyncio

import httpx


class Accounts:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.lock = asyncio.Lock()
        self.balances = {"a": 10, "b": 5}
        self.log: list[str] = []

    async def rate(self, currency: str) -> int:
        answer = await self.client.get(f"http://api.test/rate/{currency}", timeout=20)
        return len(answer.text) or 1

    async def convert(self, who: str, currency: str) -> int:
        async with self.lock:  # expect: lock-over-await=convert
            rate = await self.rate(currency)  # expect: lock-over-await=convert
            self.log.append(f"{who} {currency}")
        return self.balances[who] * rate

    async def convert_well(self, who: str, currency: str) -> int:
        rate = await self.rate(currency)
        async with self.lock:  # right: lock-over-await
            self.log.append(f"{who} {currency}")
        return self.balances[who] * rate


class Wire:
    """A line that takes one question at a time: the lock belongs around the await."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.turn = asyncio.Lock()

    async def ask(self, text: bytes) -> bytes:
        async with self.turn:  # right: lock-over-await
            self.writer.write(text)
            return await asyncio.wait_for(self.reader.readline(), 9)  # right: lock-over-await


async def main() -> None:
    async with httpx.AsyncClient() as client:
        accounts = Accounts(client)
        await asyncio.gather(*(accounts.convert("a", str(one)) for one in range(4)))  # accept: sequential-awaits
        await asyncio.gather(*(accounts.convert_well("a", str(one)) for one in range(4)))  # accept: sequential-awaits
    async with asyncio.timeout(9):
        wire = Wire(*await asyncio.open_connection("echo.test", 7))  # accept: sequential-awaits
    print(await asyncio.gather(*(wire.ask(b"%d\n" % one) for one in range(4))))  # accept: sequential-awaits
    wire.writer.close()


asyncio.run(main())
