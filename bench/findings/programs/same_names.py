"""Names that mean something else here than in the library everybody thinks of."""
# how: run

import asyncio
import time as clock
from dataclasses import dataclass, field


@dataclass
class Future:
    value: int

    def result(self) -> int:
        return self.value


class Connection:
    def recv(self) -> str:
        return "data"

    def execute(self, query: str) -> list[str]:
        return [query]

    def close(self) -> None:
        self.closed = True


@dataclass
class Path:
    parts: list[str] = field(default_factory=list)

    def join(self) -> str:
        return "/".join(self.parts)

    def wait(self) -> str:
        return "no wait"

    def read_text(self) -> str:
        return "text"


class requests:  # noqa: N801
    @staticmethod
    def get(url: str) -> str:
        return url


def sleep(seconds: float) -> float:
    return seconds


async def use(connection: Connection, future: Future, path: Path) -> list[object]:
    sleep(5)  # right: blocking-call, never-awaited
    return [
        connection.recv(),  # right: blocking-call, no-timeout
        connection.execute("select"),  # right: blocking-call
        future.result(),  # right: blocking-call
        path.join(),  # right: blocking-call
        path.wait(),  # right: blocking-call, never-awaited
        path.read_text(),  # right: blocking-call
        requests.get("http://api.test"),  # right: blocking-call
    ]


async def shadowed(time: Connection) -> None:
    time.close()  # right: blocking-call, never-awaited


async def napping() -> None:
    nap = clock.sleep
    nap(0.05)  # expect: blocking-call


async def imported_inside() -> None:
    from time import sleep as doze

    doze(0.05)  # expect: blocking-call


async def napping_well() -> None:
    nap = asyncio.sleep
    await nap(0.05)  # right: blocking-call


async def ticks() -> None:
    for _ in range(20):
        await asyncio.sleep(0.01)


async def main() -> None:
    ticking = asyncio.create_task(ticks())
    await use(Connection(), Future(1), Path())  # accept: sequential-awaits
    await shadowed(Connection())  # accept: sequential-awaits
    await napping()  # accept: sequential-awaits
    await imported_inside()  # accept: sequential-awaits
    await napping_well()  # accept: sequential-awaits
    await ticking  # accept: sequential-awaits


asyncio.run(main())
