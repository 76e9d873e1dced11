"""A report from SQLite and a spreadsheet of many rows."""
# how: run

import asyncio
import sqlite3
from pathlib import Path


class Report:
    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path, check_same_thread=False)  # right: blocking-call
        self.db.execute("create table t (a, b)")  # right: blocking-call

    async def fill(self, rows: int) -> None:
        with self.db:
            self.db.executemany("insert into t values (?, ?)", ((n, n) for n in range(rows)))  # expect: blocking-call

    async def total(self) -> int:
        cursor = self.db.cursor()
        cursor.execute("select sum(x.a * y.b % 7) from t x, t y where x.a < 400")  # expect: blocking-call
        return cursor.fetchone()[0]

    def total_now(self) -> int:
        return self.db.execute("select sum(a) from t").fetchone()[0]  # right: blocking-call

    async def total_well(self) -> int:
        return await asyncio.to_thread(self.total_now)  # right: blocking-call

    async def mean(self) -> float:
        values = [(n * 7919) % 10_007 for n in range(1_500_000)]  # expect: computing-on-loop=mean
        values.sort()  # expect: computing-on-loop=mean
        return values[len(values) // 2]

    async def few(self) -> int:
        return sum(n * n for n in range(100))  # right: computing-on-loop


async def write(text: str) -> None:
    Path("/dev/null").write_text(text)  # accept: blocking-call


async def ticks() -> None:
    for _ in range(60):
        await asyncio.sleep(0.01)


async def main() -> None:
    report = Report(":memory:")  # accept: blocking-call
    ticking = asyncio.create_task(ticks())
    await asyncio.sleep(0.02)  # accept: sequential-awaits
    await report.fill(100_000)  # accept: sequential-awaits
    await asyncio.sleep(0.02)  # accept: sequential-awaits
    await report.total()  # accept: sequential-awaits
    await asyncio.sleep(0.02)  # accept: sequential-awaits
    print(await report.mean(), await report.total_well(), await report.few())  # accept: sequential-awaits
    await write("done")  # accept: sequential-awaits
    await ticking  # accept: sequential-awaits


asyncio.run(main())
