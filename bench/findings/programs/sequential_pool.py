"""A database pool serves many at once; one connection of it serves one at a time."""
# how: simulate --cost none

import asyncio

import asyncpg


async def report(pool: asyncpg.Pool) -> tuple[list, list]:
    users = await pool.fetch("select * from users", timeout=5)  # expect: sequential-awaits=report
    orders = await pool.fetch("select * from orders", timeout=5)  # expect: sequential-awaits=report
    return users, orders


async def report_on_one(pool: asyncpg.Pool) -> tuple[list, list]:
    async with pool.acquire() as connection:
        users = await connection.fetch("select * from users", timeout=5)  # right: sequential-awaits
        orders = await connection.fetch("select * from orders", timeout=5)  # right: sequential-awaits
    return users, orders


async def save(pool: asyncpg.Pool) -> list:
    await pool.execute("insert into users values ('ada')", timeout=5)  # right: sequential-awaits
    return await pool.fetch("select * from users", timeout=5)  # right: sequential-awaits


async def report_badly(pool: asyncpg.Pool) -> list:
    async with pool.acquire() as connection:
        return await asyncio.gather(
            connection.fetch("select * from users", timeout=5),  # expect: shared-connection=bad
            connection.fetch("select * from orders", timeout=5),  # expect: shared-connection=bad
            return_exceptions=True,  # accept: unchecked-results
        )


async def report_together(pool: asyncpg.Pool) -> list:
    async def one(query: str) -> list:
        async with pool.acquire() as connection:
            return await connection.fetch(query, timeout=5)  # right: shared-connection

    return await asyncio.gather(one("select * from users"), one("select * from orders"))


async def main() -> None:
    pool = await asyncpg.create_pool("postgres://db.test/shop", timeout=5)
    async with asyncio.timeout(30):
        await asyncio.gather(report(pool), report_on_one(pool), save(pool), report_badly(pool), report_together(pool))
    await asyncio.wait_for(pool.close(), 5)


asyncio.run(main())
