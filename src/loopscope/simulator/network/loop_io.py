"""Network I/O of the virtual loop: asyncio's own transports and servers on simulated sockets.

Everything above the file descriptor is asyncio's code, unchanged; so programs see the same classes
in the same number of turns as on a real loop. Only the selector underneath is simulated.
"""

import asyncio
import os
import selectors
import socket
from asyncio.selector_events import BaseSelectorEventLoop
from asyncio.sslproto import SSLProtocol
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from loopscope.simulator.network import resolving
from loopscope.simulator.network.active import needed_network
from loopscope.simulator.network.files import READABLE, WRITABLE
from loopscope.simulator.network.network import FIRST_DESCRIPTOR
from loopscope.simulator.network.poller import Poller
from loopscope.simulator.network.polling import refuse_real
from loopscope.simulator.network.sockets import SimulatedSocket

Callback = Callable[..., object]


@dataclass(slots=True)
class _Watch:
    """What the loop calls when a descriptor is ready."""

    reader: asyncio.Handle | None = None
    writer: asyncio.Handle | None = None

    def events(self) -> int:
        """Return what is watched for."""
        return (READABLE if self.reader else 0) | (WRITABLE if self.writer else 0)


class NetworkLoop(BaseSelectorEventLoop):
    """The part of the virtual loop that does I/O.

    Once a turn, where asyncio asks its selector, the loop calls ``collect_io``.

    Args:
        selector: What the loop waits with.
    """

    _ready: Any  # a deque, or the recorder's

    def __init__(self, selector: selectors.BaseSelector) -> None:
        self.poller = Poller(self.wake_up)
        self._watches: dict[int, _Watch] = {}
        super().__init__(selector)

    def wake_up(self) -> None:
        """End the idling of the loop; a file that it watches may be ready."""
        raise NotImplementedError

    def arrive(self, handle: asyncio.Handle) -> None:
        """Make something ready that came from outside, when the loop asks next."""
        raise NotImplementedError

    def collect_io(self) -> None:
        """Make ready what waits for a file that is ready now, as a selector's events would."""
        ready = self._ready
        for descriptor, bits in self.poller.collect():
            watch = self._watches[descriptor]
            reader, writer = watch.reader, watch.writer
            if reader is not None and bits & ~WRITABLE:
                if reader.cancelled():
                    self._remove_reader(descriptor)
                else:
                    ready.append(reader)
            if writer is not None and bits & ~READABLE:
                if writer.cancelled():
                    self._remove_writer(descriptor)
                else:
                    ready.append(writer)

    # ------------------------------------------------------ what asyncio does through its selector

    def _make_self_pipe(self) -> None:
        """Nothing wakes this loop through a pipe."""

    def _close_self_pipe(self) -> None:
        self.poller.forget_all()
        self._watches.clear()

    def _add_reader(self, fd: Any, callback: Callback, *args: Any) -> asyncio.Handle:
        self._check_closed()  # type: ignore[attr-defined]
        handle = asyncio.Handle(callback, args, self, None)
        descriptor = self._simulated(fd)
        watch = self._watches.setdefault(descriptor, _Watch())
        before, watch.reader = watch.reader, handle
        self._rewatch(descriptor, watch)
        if before is not None:
            before.cancel()
        return handle

    def _add_writer(self, fd: Any, callback: Callback, *args: Any) -> asyncio.Handle:
        self._check_closed()  # type: ignore[attr-defined]
        handle = asyncio.Handle(callback, args, self, None)
        descriptor = self._simulated(fd)
        watch = self._watches.setdefault(descriptor, _Watch())
        before, watch.writer = watch.writer, handle
        self._rewatch(descriptor, watch)
        if before is not None:
            before.cancel()
        return handle

    def _remove_reader(self, fd: Any) -> bool:
        if self.is_closed():
            return False
        descriptor = fd if isinstance(fd, int) else fd.fileno()
        watch = self._watches.get(descriptor)
        if watch is None or watch.reader is None:
            return False
        before, watch.reader = watch.reader, None
        self._rewatch(descriptor, watch)
        before.cancel()
        return True

    def _remove_writer(self, fd: Any) -> bool:
        if self.is_closed():
            return False
        descriptor = fd if isinstance(fd, int) else fd.fileno()
        watch = self._watches.get(descriptor)
        if watch is None or watch.writer is None:
            return False
        before, watch.writer = watch.writer, None
        self._rewatch(descriptor, watch)
        before.cancel()
        return True

    def _rewatch(self, descriptor: int, watch: _Watch) -> None:
        events = watch.events()
        if not events:
            self.poller.forget(descriptor)
            del self._watches[descriptor]
            return
        file = needed_network().files.get(descriptor)
        if file is not None:
            self.poller.watch(descriptor, file, events)

    def _simulated(self, fd: Any) -> int:
        descriptor: int = fd if isinstance(fd, int) else fd.fileno()
        if descriptor < FIRST_DESCRIPTOR:
            raise refuse_real(needed_network(), "the loop", descriptor)
        return descriptor

    # ---------------------------------------------------------------------------------------- TLS

    def _make_ssl_transport(  # noqa: PLR0913 - the interface of asyncio
        self,
        rawsock: Any,
        protocol: Any,
        sslcontext: Any,
        waiter: Any = None,
        *,
        server_side: bool = False,
        server_hostname: str | None = None,
        extra: Any = None,
        server: Any = None,
        **limits: Any,
    ) -> Any:
        shaking = LeanSSLProtocol(
            self, protocol, sslcontext, waiter, server_side, server_hostname, **limits
        )
        make_transport: Any = self._make_socket_transport  # type: ignore[attr-defined]
        make_transport(rawsock, shaking, extra=extra, server=server)
        return shaking._app_transport

    # ------------------------------------------------------------------------------- Unix sockets

    async def create_unix_connection(
        self,
        protocol_factory: Callback,
        path: Any = None,
        *,
        sock: socket.socket | None = None,
        **options: Any,
    ) -> tuple[Any, Any]:
        """Connect to a Unix socket of the simulated machine."""
        if sock is None:
            sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                sock.settimeout(0)
                await self.sock_connect(sock, os.fspath(path))
            except BaseException:
                sock.close()
                raise
        elif path is not None:
            raise ValueError("path and sock can not be specified at the same time")
        return await self.create_connection(protocol_factory, sock=sock, **options)

    async def create_unix_server(
        self,
        protocol_factory: Callable[[], asyncio.BaseProtocol],
        path: Any = None,
        *,
        sock: socket.socket | None = None,
        **options: Any,
    ) -> Any:
        """Listen at a path, which is no file here."""
        if sock is None:
            sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                sock.bind(os.fspath(path))
            except BaseException:
                sock.close()
                raise
        elif path is not None:
            raise ValueError("path and sock can not be specified at the same time")
        options.pop("cleanup_socket", None)  # there is no file to be cleaned up
        return await self.create_server(protocol_factory, sock=sock, **options)

    # -------------------------------------------------------------------------------------- names

    async def getaddrinfo(  # noqa: PLR0913 - the interface of asyncio
        self,
        host: resolving.Name,
        port: bytes | str | int | None,
        *,
        family: int = 0,
        type: int = 0,  # noqa: A002 - the interface of asyncio
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        """Look a name up as asyncio does: in a thread of the default pool.

        A look-up that takes no time takes no thread either, unless the pool is busy: then it has
        to wait its turn, as everything that blocks does.
        """
        query = (host, port, family, type, proto, flags)
        if not needed_network().is_known_at_once(resolving.text_of(host)) or self._is_pool_busy():
            return await self.run_in_executor(None, lambda: socket.getaddrinfo(*query))
        await self._one_turn()
        return resolving.getaddrinfo(*query)

    async def getnameinfo(self, sockaddr: Any, flags: int = 0) -> tuple[str, str]:
        """Look an address up."""
        await self._one_turn()
        return resolving.getnameinfo(sockaddr, flags)

    async def _one_turn(self) -> None:
        """Wait as long as for a thread that has its answer at once."""
        answer = self.create_future()

        found = asyncio.Handle(_release, (answer,), self, None)
        needed_network().world.after(0, partial(self.arrive, found))
        await answer

    def _is_pool_busy(self) -> bool:
        pool = getattr(self, "_default_executor", None)
        if not isinstance(pool, ThreadPoolExecutor):
            return False
        threads, most = len(pool._threads), pool._max_workers
        return threads >= most and not pool._idle_semaphore._value


class LeanSSLProtocol(SSLProtocol):
    """asyncio's TLS, with a buffer as long as what there is to read.

    asyncio's is always 256 KiB long, which costs more than all else of a short connection.
    """

    max_size: Any = 0  # type: ignore[misc]  # what the buffer is made with
    _ssl_buffer: bytearray

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vars(self)["max_size"] = SSLProtocol.max_size

    def get_buffer(self, n: int) -> memoryview:
        """Return where the transport puts what it reads."""
        sock = getattr(self._transport, "_sock", None)
        there = sock.readable_size() if isinstance(sock, SimulatedSocket) else self.max_size
        size = min(max(there, 1), self.max_size if n <= 0 else n)
        if len(self._ssl_buffer) < size:
            self._ssl_buffer = bytearray(size)
            self._ssl_buffer_view = memoryview(self._ssl_buffer)
        return self._ssl_buffer_view


def _release(answer: asyncio.Future[None]) -> None:
    if not answer.done():
        answer.set_result(None)
