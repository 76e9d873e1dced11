"""Looking up names without the loop's thread pool, so that a stuck look-up holds up nothing."""

import asyncio
import socket
import threading
from contextlib import suppress

from aiohttp.abc import AbstractResolver, ResolveResult

Found = list[ResolveResult]


class DaemonResolver(AbstractResolver):
    """Looks up each name in a daemon thread of its own.

    ``getaddrinfo`` cannot be cancelled. In asyncio's thread pool a stuck one keeps others
    waiting (the pool is small) and the process from ending (the pool is joined); a daemon thread
    is simply left behind.
    """

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> Found:
        """Return the addresses of a host.

        Raises:
            OSError: The name is not known, or cannot be looked up.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Found] = loop.create_future()

        def look_up() -> None:
            found: Found | OSError
            try:
                found = _addresses(host, port, family)
            except OSError as error:
                found = error
            with suppress(RuntimeError):  # the loop is closed: nobody waits for this any more
                loop.call_soon_threadsafe(_settle, answer, found)

        threading.Thread(target=look_up, name=f"look up {host}", daemon=True).start()
        return await answer

    async def close(self) -> None:
        """Do nothing: a look-up that is under way is left to itself."""


def _addresses(host: str, port: int, family: socket.AddressFamily) -> Found:
    infos = socket.getaddrinfo(
        host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
    )
    return [
        ResolveResult(
            hostname=host,
            host=str(address[0]),
            port=port,
            family=kind,
            proto=protocol,
            flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
        )
        for kind, _, protocol, _, address in infos
    ]


def _settle(answer: asyncio.Future[Found], found: Found | OSError) -> None:
    if answer.done():
        return
    if isinstance(found, OSError):
        answer.set_exception(found)
    else:
        answer.set_result(found)
