"""What the simulation changes about ``ssl.SSLContext``: whom it asks, and what it need not load."""

import errno
import os
import ssl
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final
from weakref import WeakKeyDictionary

from loopscope.simulator.network.active import network_here
from loopscope.simulator.network.sockets import SimulatedSocket
from loopscope.simulator.network.tls import (
    BufferChannel,
    Channel,
    Connection,
    Handshake,
    SocketChannel,
)

_Load = Callable[[ssl.SSLContext], object]

_USES: Final = ("_wrap_socket", "_wrap_bio", "cert_store_stats", "get_ca_certs")
"""The methods of a context that need the certificates."""


class Contexts:
    """Keeps what contexts were told while simulated.

    Loading certificates takes longer than everything else of a simulated request together, and
    nothing checks them; so it is put off, until a context is used outside the simulation.
    """

    def __init__(self) -> None:
        self._protocols: WeakKeyDictionary[ssl.SSLContext, list[str]] = WeakKeyDictionary()
        self._loads: WeakKeyDictionary[ssl.SSLContext, list[_Load]] = WeakKeyDictionary()

    def methods(self) -> dict[str, Callable[..., Any]]:
        """Return what replaces methods of ``ssl.SSLContext``; other threads get the real ones."""
        return {
            "_wrap_socket": self._wrap_socket(),
            "_wrap_bio": self._wrap_bio(),
            "set_alpn_protocols": self._set_protocols(),
            "load_verify_locations": self._put_off("load_verify_locations"),
            "load_default_certs": self._put_off("load_default_certs"),
            "set_default_verify_paths": self._put_off("set_default_verify_paths"),
        }

    def leave(self) -> None:
        """The simulation ends: contexts that are still there load when they are used."""
        for context, loads in list(self._loads.items()):
            _load_when_used(context, loads)
        self._loads.clear()

    def _connection(
        self,
        context: ssl.SSLContext,
        channel: Channel,
        options: tuple[bool, str | None, object],
    ) -> Connection:
        is_server, name, owner = options
        protocols = self._protocols.get(context, [])
        shaking = Handshake(protocols, name or "", is_server=is_server)
        return Connection(context, channel, shaking, name, owner)

    def _wrap_socket(self) -> Callable[..., Any]:
        real = ssl.SSLContext._wrap_socket  # type: ignore[attr-defined]

        def wrap(  # noqa: PLR0913 - the signature of the standard library
            context: ssl.SSLContext,
            sock: Any,
            server_side: bool,
            server_hostname: str | None = None,
            *,
            owner: object = None,
            session: object = None,
        ) -> Any:
            if not issubclass(type(sock), SimulatedSocket):
                return real(
                    context, sock, server_side, server_hostname, owner=owner, session=session
                )
            options = (server_side, server_hostname, owner)
            return self._connection(context, SocketChannel(sock), options)

        return wrap

    def _wrap_bio(self) -> Callable[..., Any]:
        real = ssl.SSLContext._wrap_bio  # type: ignore[attr-defined]

        def wrap(  # noqa: PLR0913 - the signature of the standard library
            context: ssl.SSLContext,
            incoming: ssl.MemoryBIO,
            outgoing: ssl.MemoryBIO,
            server_side: bool,
            server_hostname: str | None = None,
            *,
            owner: object = None,
            session: object = None,
        ) -> Any:
            if network_here() is None:
                more = {"owner": owner, "session": session}
                return real(context, incoming, outgoing, server_side, server_hostname, **more)
            options = (server_side, server_hostname, owner)
            return self._connection(context, BufferChannel(incoming, outgoing), options)

        return wrap

    def _set_protocols(self) -> Callable[..., Any]:
        real = ssl.SSLContext.set_alpn_protocols

        def set_alpn_protocols(context: ssl.SSLContext, alpn_protocols: Any) -> None:
            protocols = list(alpn_protocols)
            self._protocols[context] = protocols
            real(context, protocols)

        return set_alpn_protocols

    def _put_off(self, name: str) -> Callable[..., Any]:
        real = getattr(ssl.SSLContext, name)

        def put_off(context: ssl.SSLContext, *args: Any, **kwargs: Any) -> None:
            data = kwargs.get("cadata") or (args[2] if len(args) > 2 else None)  # noqa: PLR2004
            if network_here() is None or data:
                real(context, *args, **kwargs)
                return
            if name == "load_verify_locations":
                _check_paths(*args, **kwargs)
            self._loads.setdefault(context, []).append(lambda one: real(one, *args, **kwargs))

        return put_off


def _load_when_used(context: ssl.SSLContext, loads: list[_Load]) -> None:
    """Let a context load what was put off as soon as a real connection is made with it."""

    def first(name: str, *args: Any, **kwargs: Any) -> Any:
        if network_here() is None:
            for one in _USES:
                vars(context).pop(one, None)
            while loads:
                with suppress(OSError):  # a file that is gone meanwhile: verifying will fail
                    loads.pop(0)(context)
        return getattr(ssl.SSLContext, name)(context, *args, **kwargs)

    for name in _USES:
        vars(context)[name] = partial(first, name)


def _check_paths(cafile: Any = None, capath: Any = None, _data: object = None) -> None:
    """Complain about missing files as the real method does."""
    if cafile is None and capath is None:
        raise TypeError("cafile, capath and cadata cannot be all omitted")
    if cafile is not None and not os.path.exists(cafile):  # noqa: PTH110 - any path-like, as it is
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
