"""The failures that are not said but done: to the connection, or with the body."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from types import MappingProxyType

from aiohttp import web

from spotprice.simulated.plan import Failure
from spotprice.simulated.voices.base import Speech

AROUND = "/around"
"""A path that leads to itself, at every venue."""

_AT_ONCE = struct.pack("ii", 1, 0)  # linger for no time: the connection ends with a reset
_DRIP_S = 0.1
_DRIPPED = 10_000  # bytes: at one in a tenth of a second more than anybody waits for
_HUGE = 100 * 1024 * 1024
_CHUNK = b"9" * 65_536
_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Just a moment...</title></head>\n"
    b"<body><p>Checking your browser before you go on.</p></body></html>\n"
)

Misdeed = Callable[[web.Request, Speech, int], Awaitable[web.StreamResponse]]
"""Answers a request badly, given what should have been said and the fate's variant."""


def answer(speech: Speech) -> web.StreamResponse:
    """Say what is to be said."""
    return web.Response(status=speech.status, headers=speech.headers, body=speech.body)


def cut(request: web.Request) -> None:
    """End the connection with a reset; what was not sent yet is never sent."""
    transport = request.transport
    if transport is not None and not transport.is_closing():
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        transport.abort()


async def refuse(request: web.Request, speech: Speech, variant: int) -> web.StreamResponse:  # noqa: ARG001
    """Reset the connection before the first byte."""
    cut(request)
    return web.Response()


async def reset(request: web.Request, speech: Speech, variant: int) -> web.StreamResponse:  # noqa: ARG001
    """Send a half of the answer and reset the connection."""
    response = await _begin(request, speech, len(speech.body))
    with suppress(ConnectionError):  # the client has hung up
        await response.write(speech.body[: len(speech.body) // 2])
    cut(request)
    return response


async def swallow(request: web.Request, speech: Speech, variant: int) -> web.StreamResponse:  # noqa: ARG001
    """Never answer; the client's going away ends it."""
    await asyncio.get_running_loop().create_future()
    return web.Response()


async def drip(request: web.Request, speech: Speech, variant: int) -> web.StreamResponse:  # noqa: ARG001
    """Send the answer a byte at a time, with so many spaces behind it that it takes forever."""
    response = await _begin(request, speech, _DRIPPED)
    with suppress(ConnectionError):  # the client has hung up
        for byte in speech.body.ljust(_DRIPPED):
            await response.write(bytes((byte,)))
            await asyncio.sleep(_DRIP_S)
    return response


async def flood(request: web.Request, speech: Speech, variant: int) -> web.StreamResponse:
    """Send 100 MB of digits, every other time without saying how much it will be."""
    response = await _begin(request, speech, None if variant % 2 else _HUGE)
    with suppress(ConnectionError):  # the client has hung up
        for _ in range(_HUGE // len(_CHUNK)):
            await response.write(_CHUNK)
    return response


async def lead_around(request: web.Request, speech: Speech, variant: int) -> web.StreamResponse:  # noqa: ARG001
    """Send the client to a path that leads to itself."""
    return web.Response(status=302, headers={"Location": AROUND})


async def show_page(request: web.Request, speech: Speech, variant: int) -> web.StreamResponse:  # noqa: ARG001
    """Answer with a web page and status 200."""
    return web.Response(body=_PAGE, content_type="text/html", charset="utf-8")


MISDEEDS: Mapping[Failure, Misdeed] = MappingProxyType(
    {
        Failure.REFUSE: refuse,
        Failure.RESET: reset,
        Failure.BLACK_HOLE: swallow,
        Failure.SLOW_BODY: drip,
        Failure.HUGE_BODY: flood,
        Failure.REDIRECT: lead_around,
        Failure.HTML: show_page,
    }
)
"""How every failure that is done is done; the others are said by the voices."""


async def _begin(request: web.Request, speech: Speech, length: int | None) -> web.StreamResponse:
    response = web.StreamResponse(status=speech.status, headers=speech.headers)
    response.content_length = length
    if length is None:
        response.enable_chunked_encoding()
    await response.prepare(request)
    return response
