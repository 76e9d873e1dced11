"""Things that do one job at a time, used by several tasks."""
# how: simulate --cost none --world world.toml

import asyncio

import asyncpg


async def totals(connection: asyncpg.Connection) -> list[object]:
    return await asyncio.gather(  # expect: shared-connection=totals
        connection.fetch("select sum(a) from t"),  # expect: shared-connection=totals
        connection.fetch("select sum(b) from t"),  # expect: shared-connection=totals
    )


async def totals_of_pool(pool: asyncpg.Pool) -> list[object]:
    return await asyncio.gather(  # right: shared-connection
        pool.fetch("select sum(a) from t"),
        pool.fetch("select sum(b) from t"),
    )


async def one(pool: asyncpg.Pool, query: str) -> object:
    async with pool.acquire() as connection:
        return await connection.fetch(query)  # right: shared-connection


async def lines(reader: asyncio.StreamReader) -> list[bytes]:
    first = asyncio.create_task(reader.readline())  # expect: shared-connection=lines
    second = asyncio.create_task(reader.readline())  # expect: shared-connection=lines
    return [await first, await second]


async def main() -> None:
    connection = await asyncpg.connect("postgres://db.test/shop", timeout=5)  # accept: sequential-awaits
    pool = await asyncpg.create_pool("postgres://db.test/shop", timeout=5)  # accept: sequential-awaits
    try:
        print(await totals(connection))  # accept: sequential-awaits
    except Exception as error:
        print(type(error).__name__)
    print(await totals_of_pool(pool))  # accept: sequential-awaits
    print(await asyncio.gather(one(pool, "select 1"), one(pool, "select 2")))  # accept: sequential-awaits
    async with asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("echo.test", 7)  # accept: sequential-awaits
        writer.write(b"a\nb\n")
        try:
            await lines(reader)  # accept: sequential-awaits
        except RuntimeError as error:
            print(error)
        writer.close()


asyncio.run(main())
