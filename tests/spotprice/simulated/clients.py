"""Real clients for simulated exchanges."""

import asyncio
import http.client
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from spotprice.simulated.plan import Behaviour, Failure, Plan
from spotprice.simulated.running import World
from spotprice.simulated.voices import VOICES


def address(world: World, name: str) -> str:
    """Return where Bitcoin's ticker is at an exchange."""
    return world.exchanges[name].hosts[0] + VOICES[name].target(VOICES[name].example)


def always(failure: Failure, seed: int = 0) -> Plan:
    """Return a plan in which everything fails in one way."""
    return Plan(seed, Behaviour(failure_rate=1, failures=(failure,)))


@asynccontextmanager
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """Give an aiohttp client that does not repeat requests by itself."""
    async with aiohttp.ClientSession() as session:
        session._retry_connection = False
        yield session


def seen_by_aiohttp(world: World, name: str) -> tuple[int, dict[str, str], bytes]:
    """Ask one exchange with aiohttp; return status, headers in small letters, and body."""

    async def ask() -> tuple[int, dict[str, str], bytes]:
        async with client() as session, session.get(address(world, name)) as response:
            headers = {key.lower(): value for key, value in response.headers.items()}
            return response.status, headers, await response.read()

    return asyncio.run(ask())


def connect(world: World, name: str) -> http.client.HTTPConnection:
    """Return the standard library's client for an exchange."""
    host = world.exchanges[name].hosts[0].removeprefix("http://")
    return http.client.HTTPConnection(host, timeout=30)


def ask_plainly(connection: http.client.HTTPConnection, name: str) -> http.client.HTTPResponse:
    """Ask for Bitcoin's ticker over a connection of the standard library's client."""
    connection.request(
        "GET", VOICES[name].target(VOICES[name].example), headers={"User-Agent": "test"}
    )
    return connection.getresponse()
