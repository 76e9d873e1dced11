"""One request with each client, as its users write it: unmodified."""

import asyncio
import http.client
import urllib.request
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httpx
import requests
import urllib3

Blocking = Callable[[str, float | None], bytes]
Waiting = Callable[[str, float | None], Coroutine[Any, Any, bytes]]


def with_requests(url: str, timeout: float | None) -> bytes:
    """``requests.get``."""
    return requests.get(url, timeout=timeout).content


def with_urllib(url: str, timeout: float | None) -> bytes:
    """``urllib.request.urlopen``."""
    with urllib.request.urlopen(url, timeout=timeout) as response:  # noqa: S310
        data: bytes = response.read()
        return data


def with_urllib3(url: str, timeout: float | None) -> bytes:
    """A pool of urllib3."""
    with urllib3.PoolManager(retries=False) as pool:
        return pool.request("GET", url, timeout=timeout).data


def with_http_client(url: str, timeout: float | None) -> bytes:
    """``http.client``."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=timeout)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().read()
    finally:
        connection.close()


def with_httpx(url: str, timeout: float | None) -> bytes:
    """``httpx.get``."""
    return httpx.get(url, timeout=timeout).content


async def with_async_httpx(url: str, timeout: float | None) -> bytes:
    """``httpx.AsyncClient``."""
    async with httpx.AsyncClient(timeout=timeout) as client:
        return (await client.get(url)).content


async def with_aiohttp(url: str, timeout: float | None) -> bytes:
    """``aiohttp.ClientSession``."""
    limits = aiohttp.ClientTimeout(total=timeout)
    async with aiohttp.ClientSession(timeout=limits) as session, session.get(url) as response:
        return await response.read()


async def with_streams(url: str, timeout: float | None) -> bytes:
    """``asyncio.open_connection``."""
    parts = urlsplit(url)
    is_secure = parts.scheme == "https"
    port = parts.port or (443 if is_secure else 80)
    async with asyncio.timeout(timeout):
        reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=is_secure or None)
        try:
            host = parts.netloc.encode()
            writer.write(b"GET / HTTP/1.1\r\nhost: " + host + b"\r\nconnection: close\r\n\r\n")
            answer = await reader.read()
        finally:
            writer.close()
            await writer.wait_closed()
    return answer.partition(b"\r\n\r\n")[2]


BLOCKING: list[Blocking] = [
    with_requests,
    with_urllib,
    with_urllib3,
    with_http_client,
    with_httpx,
]
WAITING: list[Waiting] = [with_async_httpx, with_aiohttp, with_streams]


def name_of(client: Blocking | Waiting) -> str:
    """Return how a test is called."""
    return client.__name__.removeprefix("with_")
