"""A signup that keeps its people in three databases, all with blocking drivers."""
# how: simulate --cost none --world world.toml

import asyncio

import psycopg2
import redis

import redis.asyncio as aredis


async def save(name: str) -> None:
    connection = psycopg2.connect("dbname=people", connect_timeout=3)  # expect: blocking-call
    cursor = connection.cursor()
    cursor.execute("insert into people values (%s)", (name,))  # expect: blocking-call
    connection.commit()  # expect: blocking-call


async def remember(name: str) -> None:
    cache = redis.Redis(host="cache.test", socket_timeout=2)
    cache.set("last", name)  # expect: blocking-call


async def recall() -> str:
    cache = aredis.Redis(host="cache.test", socket_timeout=2)
    try:
        return await cache.get("last")  # right: blocking-call
    finally:
        await cache.aclose()


def count_people() -> int:
    connection = psycopg2.connect("dbname=people", connect_timeout=3)  # right: blocking-call
    cursor = connection.cursor()
    cursor.execute("select count(*) from people")  # right: blocking-call
    return cursor.fetchone()[0]


async def main() -> None:
    await asyncio.gather(save("ada"), remember("ada"), recall(), asyncio.to_thread(count_people))


asyncio.run(main())
