"""Blocking calls that hide in helpers, methods and other names."""
# how: simulate --cost none --latency 150ms

import asyncio
from time import sleep as pause
from urllib import request

import requests as http


def download(url: str) -> bytes:
    with request.urlopen(url, timeout=3) as answer:  # expect: blocking-call=one
        return answer.read()


def with_retry(url: str) -> bytes:
    for attempt in range(3):
        try:
            return fetch_plain(url)
        except OSError:
            pause(2**attempt)  # expect: blocking-call
    return b""


def fetch_plain(url: str) -> bytes:
    return http.get(url, timeout=3).content  # expect: blocking-call=two


class Client:
    def __init__(self) -> None:
        self.session = http.Session()

    def ask(self, path: str) -> dict:
        return self.session.get(f"http://api.shop.test{path}", timeout=3).json()  # expect: blocking-call=three

    async def stock(self) -> dict:
        return self.ask("/stock")  # expect: blocking-call=three


def rest() -> None:
    pause(0.2)  # right: blocking-call


async def page() -> bytes:
    return download("http://www.shop.test/")  # expect: blocking-call=one


async def again() -> bytes:
    return with_retry("http://www.shop.test/news")  # expect: blocking-call=two


async def rested() -> None:
    await asyncio.to_thread(rest)


async def main() -> None:
    client = Client()
    await asyncio.gather(page(), again(), client.stock(), rested())


asyncio.run(main())
