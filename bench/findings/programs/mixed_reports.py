"""Reports from a language model, a bucket and a database, by somebody in a hurry."""
# how: simulate --cost none --world world.toml

import asyncio
import concurrent.futures
from urllib.request import urlopen

import asyncpg
import boto3
import openai
import redis

MODEL = openai.AsyncOpenAI(timeout=20)
BUCKET = boto3.client("s3")
CACHE = redis.Redis(host="cache.test", socket_timeout=2)


async def ask(text: str) -> str:
    answer = await MODEL.chat.completions.create(model="small", messages=[{"role": "user", "content": text}])
    return answer.choices[0].message.content


class Reporter:
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    def load_template(self, name: str) -> bytes:
        cached = CACHE.get(name)  # expect: blocking-call=cache
        if cached:
            return cached
        with urlopen(f"http://api.test/{name}", timeout=3) as page:  # expect: blocking-call=template
            return page.read()

    def store(self, name: str, text: str) -> None:
        BUCKET.put_object(Bucket="reports", Key=name, Body=text)  # expect: blocking-call=store

    async def write(self, name: str) -> str:
        template = self.load_template(name)  # expect: blocking-call=cache, blocking-call=template
        summary = await ask(f"summary of {name}")  # expect: sequential-awaits=write
        title = await ask(f"title of {name}")  # expect: sequential-awaits=write
        text = f"{title} {summary} {template!r}"
        self.store(name, text)  # expect: blocking-call=store
        return text

    async def numbers(self) -> list[str]:
        async with self.pool.acquire() as connection:
            rows = await connection.fetch("select 1", timeout=3)  # right: sequential-awaits
            rows += await connection.fetch("select 2", timeout=3)  # right: sequential-awaits
        return rows

    async def write_all(self, names: list[str]) -> list[str]:
        """Write all reports in parallel threads."""  # expect: false-claim
        return [await self.write(name) for name in names]  # accept: sequential-awaits


async def uploaded(text: str) -> None:
    with concurrent.futures.ThreadPoolExecutor() as pool:
        future = pool.submit(BUCKET.put_object, Bucket="reports", Key="x", Body=text)
        print(future.result())  # expect: blocking-call


async def main() -> None:
    pool = await asyncpg.create_pool("postgres://db.test/shop", timeout=5)
    reporter = Reporter(pool)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(reporter.write_all(["daily", "weekly"]))
        group.create_task(reporter.numbers())
        group.create_task(uploaded("text"))
    await asyncio.wait_for(pool.close(), 5)


asyncio.run(main())
