"""Invoices: customers and rates are looked up, PDFs are made, mails are sent."""
# how: simulate --cost none --world world.toml

import asyncio
import asyncpg
import httpx


class Store:
    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def customer(self, number: int) -> object:
        return await self._pool.fetch("select * from customers where id = $1", number)

    async def lines(self, number: int) -> object:
        return await self._pool.fetch("select * from lines where invoice = $1", number)

    async def mark_sent(self, number: int) -> None:
        await self._pool.execute("update invoices set sent = true where id = $1", number)


class Rates:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._lock = asyncio.Lock()
        self._known: dict[str, str] = {}

    async def rate(self, currency: str) -> str:
        async with self._lock:  # expect: lock-over-await=rate
            if currency not in self._known:
                answer = await self._client.get(f"http://api.test/{currency}", timeout=9)  # expect: lock-over-await=rate
                self._known[currency] = answer.text
            return self._known[currency]


async def invoice(store: Store, rates: Rates, number: int) -> tuple[object, ...]:
    customer = await store.customer(number)  # expect: sequential-awaits=invoice
    lines = await store.lines(number)  # expect: sequential-awaits=invoice
    rate = await rates.rate(f"c{number}")  # expect: sequential-awaits=invoice
    return customer, lines, rate


async def send(client: httpx.AsyncClient, store: Store, number: int) -> None:
    answer = await client.post("http://api.test/mail", json={"invoice": number}, timeout=9)
    answer.raise_for_status()
    await store.mark_sent(number)  # right: sequential-awaits


async def send_all(client: httpx.AsyncClient, store: Store, numbers: list[int]) -> None:
    for number in numbers:
        await send(client, store, number)  # accept: sequential-awaits


async def client_for_each(number: int) -> str:
    async with httpx.AsyncClient(timeout=9) as client:  # expect: session-per-request
        return (await client.get(f"http://api.test/{number}")).text


async def main() -> None:
    pool = await asyncpg.create_pool("postgres://db.test/shop", timeout=5)
    async with httpx.AsyncClient() as client:
        store, rates = Store(pool), Rates(client)
        await asyncio.gather(*(invoice(store, rates, number) for number in range(4)))
        await send_all(client, store, [1, 2])
    await asyncio.gather(*(client_for_each(number) for number in range(3)))


asyncio.run(main())
