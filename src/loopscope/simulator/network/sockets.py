"""The class that stands in for ``socket.socket``: blocking or not, without a file descriptor."""

import errno
import os
import socket
import warnings
from socket import socket as RealSocket  # noqa: N812 - what it is here
from typing import Any, Final, Never, Self

from loopscope.errors import SimulationError
from loopscope.simulator.network import addresses
from loopscope.simulator.network.active import needed_network, network_here
from loopscope.simulator.network.addresses import Address
from loopscope.simulator.network.datagram import Mailbox
from loopscope.simulator.network.files import FAILED, READABLE, WRITABLE, to_ns
from loopscope.simulator.network.listener import Listener
from loopscope.simulator.network.network import UNCONNECTED, Network
from loopscope.simulator.network.options import Options
from loopscope.simulator.network.resolving import resolve_address
from loopscope.simulator.network.stream import End, os_error

Data = Any
"""What supports the buffer protocol."""

_MSG_DONTWAIT: Final = int(socket.MSG_DONTWAIT)  # as numbers, since flags are slow
_MSG_PEEK: Final = int(socket.MSG_PEEK)
_MSG_WAITALL: Final = int(socket.MSG_WAITALL)
_NONBLOCK: Final = int(getattr(socket, "SOCK_NONBLOCK", 0))
_FOUR: Final = socket.AF_INET
_STREAM: Final = socket.SOCK_STREAM
_TYPE_BITS: Final = 0xF
_FAMILIES: Final = (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX)


class _SocketType(type):
    """Lets real sockets count as instances, since threads outside the simulation make such."""

    def __instancecheck__(cls, instance: object) -> bool:
        return super().__instancecheck__(instance) or (
            cls is SimulatedSocket and isinstance(instance, RealSocket)
        )


class SimulatedSocket(RealSocket, metaclass=_SocketType):
    """A socket of the simulated network, with the interface of ``socket.socket``.

    Threads that are no part of the simulation get a real socket from it.
    """

    __slots__ = (  # beside those of socket.socket itself
        "_descriptor",
        "_family",
        "_file",
        "_is_inheritable",
        "_network",
        "_options",
        "_proto",
        "_timeout",
        "_type",
    )

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Make a simulated socket, or a real one for a thread outside the simulation."""
        if network_here() is None and cls is SimulatedSocket:
            return RealSocket(*args, **kwargs)  # type: ignore[return-value]
        return super().__new__(cls)

    def __init__(
        self,
        family: int = -1,
        type: int = -1,  # noqa: A002 - the interface of the standard library
        proto: int = -1,
        fileno: int | None = None,
    ) -> None:
        network = needed_network()
        self._network = network
        self._io_refs = 0
        self._closed = False
        self._is_inheritable = False
        self._file: End | Listener | Mailbox | None = None
        self._timeout = network.default_timeout
        if fileno is not None:
            self._adopt(network, fileno)
            if family != -1:
                self._family = socket.AddressFamily(family)
            return
        kind = _STREAM if type == -1 else type
        self._family = _FOUR if family in (-1, _FOUR) else socket.AddressFamily(family)
        self._type = _STREAM if kind == _STREAM else socket.SocketKind(kind & _TYPE_BITS)
        self._proto = 0 if proto == -1 else proto
        if kind & _NONBLOCK:
            self._timeout = 0.0
        self._options = Options(self._family, self._type, self._proto)
        self._file = self._make_file(network)
        self._descriptor = network.add(self._file)

    def _make_file(self, network: Network) -> End | Mailbox:
        if self._family in _FAMILIES and self._type == socket.SOCK_STREAM:
            return End(network.world, UNCONNECTED)
        if self._family in _FAMILIES[:2] and self._type == socket.SOCK_DGRAM:
            return Mailbox(network.world)
        raise network.problem(
            SimulationError(
                f"The program makes a socket of family {self._family} and type {self._type}, "
                "which cannot be simulated: only TCP, UDP and Unix stream sockets can.",
                slug="socket-kind",
            )
        )

    def _adopt(self, network: Network, descriptor: int) -> None:
        file = network.files.get(descriptor)
        if not isinstance(file, End | Listener | Mailbox):
            raise os_error(errno.EBADF)
        self._file, self._descriptor = file, descriptor
        self._type = socket.SOCK_DGRAM if isinstance(file, Mailbox) else socket.SOCK_STREAM
        local = file.local
        is_path = isinstance(local, str | bytes)
        self._family = socket.AF_UNIX if is_path else addresses.family_of(local[0] if local else "")
        self._proto = 0
        self._options = Options(self._family, self._type, self._proto)

    @property
    def family(self) -> socket.AddressFamily:
        """The address family."""
        return self._family

    @property
    def type(self) -> socket.SocketKind:
        """The kind of socket."""
        return self._type

    @property
    def proto(self) -> int:
        """The protocol number as given."""
        return self._proto

    @property
    def timeout(self) -> float | None:
        """The timeout in seconds, as ``gettimeout``."""
        return self._timeout

    def fileno(self) -> int:
        """Return the simulated descriptor; -1 when closed."""
        return -1 if self._file is None else self._descriptor

    def gettimeout(self) -> float | None:
        """Return the timeout in seconds; None = blocking, 0.0 = non-blocking."""
        return self._timeout

    def settimeout(self, value: float | None, /) -> None:
        """Set the timeout in seconds."""
        if value is not None and not value >= 0:
            raise ValueError("Timeout value out of range")
        self._timeout = None if value is None else float(value)

    def getblocking(self) -> bool:
        """Return whether calls may wait."""
        return self._timeout != 0.0

    def setblocking(self, flag: bool, /) -> None:
        """Let calls wait without limit, or not at all."""
        self._timeout = None if flag else 0.0

    def get_inheritable(self) -> bool:
        """Return what was set; nothing inherits simulated sockets."""
        return self._is_inheritable

    def set_inheritable(self, inheritable: bool) -> None:
        """Note it; nothing inherits simulated sockets."""
        self._is_inheritable = inheritable

    # ------------------------------------------------------------------------------------- states

    def _end(self) -> End:
        """Return the end of the connection."""
        file = self._file
        if type(file) is End:
            return file
        raise os_error(errno.EBADF if file is None else errno.ENOTCONN)

    def _open_file(self) -> End | Listener | Mailbox:
        if self._file is None:
            raise os_error(errno.EBADF)
        return self._file

    def _wait(self, file: End | Listener | Mailbox, bits: int, verb: str) -> None:
        """Wait until a file shows any of some bits.

        Raises:
            BlockingIOError: The socket does not wait.
            TimeoutError: The time was over first.
        """
        timeout = self._timeout
        if timeout == 0:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        limit_ns = None if timeout is None else to_ns(timeout)
        if not file.wait(lambda: file.mask() & bits, verb, limit_ns):
            raise TimeoutError("timed out")

    # --------------------------------------------------------------------------------- connecting

    def bind(self, address: Address, /) -> None:
        """Take an address of the simulated machine."""
        file = self._open_file()
        if isinstance(file, Listener) or file.local is not None:
            raise os_error(errno.EINVAL)
        self._network.bind(file, resolve_address(self._network, self._family, address))

    def listen(self, backlog: int = 128, /) -> None:
        """Let the socket take connections."""
        file = self._open_file()
        if isinstance(file, Listener):
            file.backlog = max(backlog, 0)
            return
        if isinstance(file, Mailbox) or file.far is not None:
            raise os_error(errno.EOPNOTSUPP if isinstance(file, Mailbox) else errno.EINVAL)
        if file.local is None:
            any_ip = addresses.ANY_6 if self._family == socket.AF_INET6 else addresses.ANY_4
            self._network.bind(file, (any_ip, 0))
        self._file = self._network.listen(file, max(backlog, 0))
        self._network.files[self._descriptor] = self._file

    def accept(self) -> tuple["SimulatedSocket", Address]:
        """Wait for a connection; returns a socket for it and the peer's address."""
        listener = self._open_file()
        if not isinstance(listener, Listener):
            raise os_error(errno.EINVAL)
        while not listener.arrived:
            if listener.is_shut:
                raise os_error(errno.EINVAL)
            self._wait(listener, READABLE, "accept")
        end = listener.arrived.popleft()
        accepted = SimulatedSocket(fileno=self._network.add(end))
        accepted._family = self._family
        return accepted, end.remote if end.remote is not None else ""

    def connect(self, address: Address, /) -> None:
        """Connect to an address."""
        file = self._open_file()
        if isinstance(file, Mailbox):
            self._connect_mailbox(file, address)
            return
        end = self._end()
        if end.far is not None:
            if end.is_news:
                end.is_news = False
                return
            raise os_error(errno.EISCONN)
        if end.is_connecting():
            raise os_error(errno.EALREADY)
        try:
            self._network.connect(end, resolve_address(self._network, self._family, address))
        except SimulationError:
            self.close()  # as a client does after the errors that it knows
            raise
        if self._timeout == 0:
            raise BlockingIOError(errno.EINPROGRESS, os.strerror(errno.EINPROGRESS))
        while end.is_connecting():
            self._wait(end, WRITABLE, "connect")
        end.is_news = False
        if end.error:
            raise os_error(end.take_error())

    def _connect_mailbox(self, mailbox: Mailbox, address: Address) -> None:
        mailbox.remote = resolve_address(self._network, self._family, address)
        if mailbox.local is None:
            own_ip = addresses.own_address_towards(mailbox.remote[0])
            self._network.bind(mailbox, addresses.with_port(own_ip, 0))

    def connect_ex(self, address: Address, /) -> int:
        """Connect to an address; returns an errno instead of raising."""
        try:
            self.connect(address)
        except TimeoutError as error:
            return error.errno or errno.EAGAIN
        except socket.gaierror:
            raise
        except OSError as error:
            return error.errno or errno.EIO
        return 0

    def getsockname(self) -> Address:
        """Return the socket's own address."""
        local = self._open_file().local
        if local is not None:
            return local
        if self._family == socket.AF_UNIX:
            return ""
        return addresses.with_port(
            addresses.ANY_6 if self._family == socket.AF_INET6 else addresses.ANY_4, 0
        )

    def getpeername(self) -> Address:
        """Return the peer's address."""
        file = self._open_file()
        remote = getattr(file, "remote", None)
        if remote is None or (type(file) is End and file.far is None):
            raise os_error(errno.ENOTCONN)
        return remote

    # ------------------------------------------------------------------------------------ sending

    def send(self, data: Data, flags: int = 0, /) -> int:
        """Send what there is room for; returns how many bytes that was."""
        file = self._file
        if type(file) is Mailbox:
            return self._send_message(data, file.remote)
        if type(file) is Listener:
            raise os_error(errno.EPIPE)
        end = self._end()
        if type(data) is not bytes:
            data = memoryview(data).cast("B")
        while not (sent := end.send(data)) and len(data):
            if flags & _MSG_DONTWAIT:
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            self._wait(end, WRITABLE, "send to")
        return sent

    def sendall(self, data: Data, flags: int = 0, /) -> None:
        """Send everything, waiting for room; the timeout holds for the whole."""
        if type(data) is not bytes:
            data = memoryview(data).cast("B")
        sent = self.send(data, flags)
        if sent == len(data):
            return
        rest = memoryview(data)[sent:]
        timeout, now_ns = self._timeout, self._network.world.now_ns
        try:
            while rest:
                if timeout:
                    spent_ns = self._network.world.now_ns - now_ns
                    self._timeout = max(timeout - spent_ns / 1e9, 1e-9)
                rest = rest[self.send(rest, flags) :]
        finally:
            self._timeout = timeout

    def sendto(self, data: Data, *arguments: Any) -> int:
        """Send a datagram to an address: ``sendto(data[, flags], address)``."""
        file = self._open_file()
        if not isinstance(file, Mailbox):
            return self.send(data)
        address = resolve_address(self._network, self._family, arguments[-1])
        return self._send_message(data, address)

    def _send_message(self, data: Data, address: Address) -> int:
        mailbox = self._open_file()
        assert isinstance(mailbox, Mailbox)  # noqa: S101 - the callers looked
        if address is None:
            raise os_error(errno.EDESTADDRREQ)
        if mailbox.error:
            raise os_error(mailbox.take_error())
        message = bytes(data)
        self._network.send_message(mailbox, message, address)
        return len(message)

    def sendmsg(
        self,
        buffers: Any,
        ancillary: Any = (),
        flags: int = 0,
        address: Address = None,
        /,
    ) -> int:
        """Send several buffers as one piece."""
        if list(ancillary):
            raise os_error(errno.EOPNOTSUPP)
        data = b"".join(buffers)
        return self.sendto(data, flags, address) if address is not None else self.send(data, flags)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Send a file by reading it; the kernel cannot."""
        return self._sendfile_use_send(file, offset, count)  # type: ignore[attr-defined,no-any-return]

    # ---------------------------------------------------------------------------------- receiving

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Return up to ``bufsize`` bytes; ``b""`` at the end of the stream."""
        if bufsize < 0:
            raise ValueError("negative buffersize in recv")
        if type(self._file) is Mailbox:
            return self.recvfrom(bufsize, flags)[0]
        end = self._end()
        if not flags and (data := end.take(bufsize)) is not None:
            return data
        data = end.take(bufsize, peek=bool(flags & _MSG_PEEK))
        while data is None:
            if flags & _MSG_DONTWAIT:
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            self._wait(end, READABLE, "recv from")
            data = end.take(bufsize, peek=bool(flags & _MSG_PEEK))
        if flags & _MSG_WAITALL and data and len(data) < bufsize:
            data += self.recv(bufsize - len(data), flags)
        return data

    def recv_into(self, buffer: Data, nbytes: int = 0, flags: int = 0) -> int:
        """Read into a buffer; returns how many bytes."""
        view = memoryview(buffer).cast("B")
        data = self.recv(nbytes or len(view), flags)
        view[: len(data)] = data
        return len(data)

    def recvfrom(self, bufsize: int, flags: int = 0, /) -> tuple[bytes, Address]:
        """Return a datagram and its sender; of a stream, bytes."""
        mailbox = self._open_file()
        if not isinstance(mailbox, Mailbox):
            return self.recv(bufsize, flags), None
        while not mailbox.arrived and not mailbox.error:
            self._wait(mailbox, READABLE | FAILED, "recv from")
        if mailbox.error:
            raise os_error(mailbox.take_error())
        if flags & _MSG_PEEK:
            message, sender = mailbox.arrived[0]
        else:
            message, sender = mailbox.arrived.popleft()
        return message[:bufsize], sender

    def recvfrom_into(self, buffer: Data, nbytes: int = 0, flags: int = 0) -> tuple[int, Address]:
        """Read a datagram into a buffer."""
        view = memoryview(buffer).cast("B")
        data, sender = self.recvfrom(nbytes or len(view), flags)
        view[: len(data)] = data
        return len(data), sender

    def recvmsg(
        self, bufsize: int, _ancbufsize: int = 0, flags: int = 0, /
    ) -> tuple[bytes, list[Any], int, Address]:
        """Return data without any ancillary data."""
        data, sender = self.recvfrom(bufsize, flags)
        return data, [], 0, sender

    def readable_size(self) -> int:
        """Return how many bytes could be read now."""
        file = self._file
        return len(file.incoming) if type(file) is End else 0

    # ------------------------------------------------------------------------------------ options

    def getsockopt(self, level: int, option: int, buflen: int = 0, /) -> Any:
        """Return an option; ``SO_ERROR`` is reported once."""
        file = self._open_file()
        if level == socket.SOL_SOCKET and option == socket.SO_ERROR:
            return 0 if isinstance(file, Listener) else file.take_error()
        if level == socket.SOL_SOCKET and option == socket.SO_ACCEPTCONN:
            return int(isinstance(file, Listener))
        return self._options.get(level, option, buflen)

    def setsockopt(self, level: int, option: int, value: Any, _optlen: int = 0, /) -> None:
        """Note an option; ``SO_LINGER`` with a time of zero has its effect too."""
        file = self._open_file()
        self._options.set(level, option, value)
        if level == socket.SOL_SOCKET and option == socket.SO_LINGER and type(file) is End:
            file.is_rude = self._options.is_rude

    # ------------------------------------------------------------------------------------ closing

    def shutdown(self, how: int, /) -> None:
        """Close one direction, or both."""
        if isinstance(self._file, Listener):
            self._file.shut()
            return
        end = self._end()
        if end.far is None:
            raise os_error(errno.ENOTCONN)
        if how in (socket.SHUT_WR, socket.SHUT_RDWR):
            end.shut()
        if how in (socket.SHUT_RD, socket.SHUT_RDWR):
            end.stop_reading()

    def _real_close(self, _ss: object = None) -> None:
        file, self._file = self._file, None
        if file is not None:
            self._network.remove(self._descriptor)

    def detach(self) -> int:
        """Give the descriptor away; the socket counts as closed."""
        descriptor = self.fileno()
        self._closed = True
        self._file = None
        return descriptor

    def dup(self) -> "SimulatedSocket":
        """Return a second socket of the same connection."""
        file = self._open_file()
        file.references += 1
        twin = self.__class__(fileno=self._network.add(file))
        twin._family, twin._type, twin._proto = self._family, self._type, self._proto
        twin._timeout = self._timeout
        return twin

    def __getstate__(self) -> Never:
        raise TypeError(f"cannot pickle {self.__class__.__name__!r} object")

    def __del__(self, _warn: Any = warnings.warn) -> None:
        if getattr(self, "_file", None) is not None:
            _warn(f"unclosed {self!r}", ResourceWarning, source=self, stacklevel=2)
            self._real_close()
