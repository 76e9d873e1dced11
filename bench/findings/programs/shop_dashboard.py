"""The page of a shop from several tables, through a pool."""
# how: simulate --cost none --world world.toml

import asyncio
from dataclasses import dataclass

import asyncpg


@dataclass
class Page:
    orders: object
    stock: object


async def orders(pool: asyncpg.Pool) -> object:
    return await pool.fetch("select * from orders")


async def stock(pool: asyncpg.Pool) -> object:
    return await pool.fetch("select * from stock")


async def add_order(pool: asyncpg.Pool, what: str) -> object:
    return await pool.execute("insert into orders values ($1)", what)


async def page(pool: asyncpg.Pool) -> Page:
    return Page(await orders(pool), await stock(pool))  # expect: sequential-awaits


async def page_by_names(pool: asyncpg.Pool) -> Page:
    found = await orders(pool)  # expect: sequential-awaits=names
    left = await stock(pool)  # expect: sequential-awaits=names
    return Page(orders=found, stock=left)


async def buy(pool: asyncpg.Pool, what: str) -> object:
    await add_order(pool, what)  # right: sequential-awaits
    return await orders(pool)  # right: sequential-awaits


async def checked(pool: asyncpg.Pool, what: str) -> object:
    left = await stock(pool)  # right: sequential-awaits
    if not left:
        raise LookupError(what)
    return await add_order(pool, what)  # right: sequential-awaits


async def in_transaction(pool: asyncpg.Pool) -> tuple[object, object]:
    async with pool.acquire() as connection:
        first = await connection.fetch("select 1")  # right: sequential-awaits
        second = await connection.fetch("select 2")  # right: sequential-awaits
    return first, second


async def main() -> None:
    pool = await asyncpg.create_pool("postgres://db.test/shop", timeout=5)  # accept: sequential-awaits
    await page(pool)  # accept: sequential-awaits
    await page_by_names(pool)  # accept: sequential-awaits
    await buy(pool, "tea")  # accept: sequential-awaits
    await in_transaction(pool)  # accept: sequential-awaits
    try:
        await checked(pool, "tea")  # accept: sequential-awaits
    except LookupError:
        print("sold out")


asyncio.run(main())
