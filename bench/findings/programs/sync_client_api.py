"""An API client with synchronous and asynchronous faces."""
# how: simulate --cost none --world world.toml

import asyncio
import urllib.request
from typing import Protocol

import httpx
import requests


class Fetcher(Protocol):
    def fetch(self, path: str) -> str: ...


class Blocking:
    def __init__(self, base: str) -> None:
        self.base = base
        self.http = requests.Session()

    def fetch(self, path: str) -> str:
        return self.http.get(self.base + path, timeout=5).text  # expect: blocking-call=fetch


class Plain:
    def fetch(self, path: str) -> str:
        return path


async def report(fetcher: Blocking) -> str:
    return fetcher.fetch("/report")  # expect: blocking-call=fetch


async def report_plain(fetcher: Plain) -> str:
    return fetcher.fetch("/report")  # right: blocking-call


async def raw() -> bytes:
    with urllib.request.urlopen("http://api.test/raw", timeout=5) as answer:  # expect: blocking-call=raw
        return answer.read()  # expect: blocking-call=raw


async def by_httpx() -> int:
    with httpx.Client() as client:
        return client.get("http://api.test/x", timeout=5).status_code  # expect: blocking-call


async def top_level() -> int:
    return httpx.get("http://api.test/y", timeout=5).status_code  # expect: blocking-call


async def well(fetcher: Blocking) -> str:
    return await asyncio.get_running_loop().run_in_executor(None, lambda: fetcher.fetch("/z"))  # right: blocking-call


async def other(client: httpx.AsyncClient) -> int:
    return (await client.get("http://api.test/y", timeout=5)).status_code  # right: blocking-call


async def ticks() -> None:
    for _ in range(80):
        await asyncio.sleep(0.02)


async def main() -> None:
    ticking = asyncio.create_task(ticks())
    fetcher = Blocking("http://api.test")
    await report(fetcher)  # accept: sequential-awaits
    await report_plain(Plain())  # accept: sequential-awaits
    await raw()  # accept: sequential-awaits
    await by_httpx()  # accept: sequential-awaits
    await top_level()  # accept: sequential-awaits
    await well(fetcher)  # accept: sequential-awaits
    async with httpx.AsyncClient() as client:
        await other(client)  # accept: sequential-awaits
    await ticking  # accept: sequential-awaits


asyncio.run(main())
