"""What programs do with sockets: each scenario runs on real sockets and on simulated ones."""

import select
import selectors
import socket
import struct
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

Log = list[Any]
Scenario = Callable[["Stage"], None]

LOOPBACK = "127.0.0.1"
SCENARIOS: list[Scenario] = []


def scenario(function: Scenario) -> Scenario:
    """Add a scenario to those that are compared."""
    SCENARIOS.append(function)
    return function


class Stage:
    """What a scenario acts with; everything it notes is compared.

    Attributes:
        log: What happened.
    """

    def __init__(self, stack: ExitStack) -> None:
        self.log: Log = []
        self._stack = stack

    def make(self, *arguments: int) -> socket.socket:
        """Return a socket that is closed in the end."""
        return self._stack.enter_context(socket.socket(*arguments))

    def keep(self, sock: socket.socket) -> socket.socket:
        """Close a socket in the end."""
        return self._stack.enter_context(sock)

    def listener(self) -> socket.socket:
        """Return a socket that listens on loopback."""
        return self.keep(socket.create_server((LOOPBACK, 0)))

    def connection(self) -> tuple[socket.socket, socket.socket]:
        """Return both ends of a connection, the client's first."""
        listener = self.listener()
        client = self.make()
        client.connect(listener.getsockname())
        server = self.keep(listener.accept()[0])
        for one in (client, server):
            one.settimeout(2)
        return client, server

    def note(self, what: str, call: Callable[..., Any], *arguments: Any) -> None:
        """Note what a call returns or raises."""
        try:
            self.log.append((what, call(*arguments)))
        except Exception as error:  # noqa: BLE001 - any exception is compared
            self.log.append((what, type(error).__name__, getattr(error, "errno", None)))


def closed_port() -> tuple[str, int]:
    """Return an address where nobody listens."""
    with socket.socket() as sock:
        sock.bind((LOOPBACK, 0))
        address: tuple[str, int] = sock.getsockname()
        return address


def wait_readable(sock: socket.socket) -> None:
    """Wait until something has arrived."""
    select.select([sock], [], [], 2)


@scenario
def exchange(stage: Stage) -> None:
    """Bytes both ways, in pieces of any size."""
    client, server = stage.connection()
    client.sendall(b"hello world")
    stage.note("first", server.recv, 5)
    stage.note("peek", server.recv, 3, socket.MSG_PEEK)
    stage.note("rest", server.recv, 100)
    server.sendall(bytearray(b"answer"))
    buffer = bytearray(10)
    stage.note("into", client.recv_into, buffer)
    stage.log.append(buffer)
    client.sendall(memoryview(b"more"))
    stage.note("into part", server.recv_into, memoryview(buffer), 2)
    stage.note("with sender", server.recvfrom, 10)
    stage.note("negative", server.recv, -1)


@scenario
def half_close(stage: Stage) -> None:
    """One direction ends, the other goes on."""
    client, server = stage.connection()
    client.sendall(b"last words")
    client.shutdown(socket.SHUT_WR)
    stage.note("read", server.recv, 100)
    stage.note("end", server.recv, 100)
    stage.note("end again", server.recv, 100)
    server.sendall(b"still here")
    stage.note("answer", client.recv, 100)
    stage.note("send after shutdown", client.send, b"x")
    server.close()
    stage.note("the other end", client.recv, 100)


@scenario
def closed_with_unread_data(stage: Stage) -> None:
    """Closing with something unread resets the connection; what came before can be read."""
    client, server = stage.connection()
    server.sendall(b"before")
    client.sendall(b"never read")
    wait_readable(server)
    server.close()
    stage.note("read", client.recv, 100)
    stage.note("then", client.recv, 100)
    stage.note("then", client.recv, 100)
    stage.note("send", client.send, b"x")
    stage.note("peer", lambda: client.getpeername() is not None)


@scenario
def sending_to_a_closed_end(stage: Stage) -> None:
    """The first bytes to an end that is closed are taken, the next are not."""
    client, server = stage.connection()
    server.close()
    stage.note("end", client.recv, 100)
    stage.note("first", client.send, b"x")
    wait_readable(client)
    stage.note("second", client.send, b"x")
    stage.note("read", client.recv, 100)


@scenario
def linger_of_zero(stage: Stage) -> None:
    """A linger time of zero turns closing into a reset."""
    client, server = stage.connection()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    server.close()
    wait_readable(client)
    stage.note("error", client.getsockopt, socket.SOL_SOCKET, socket.SO_ERROR)
    stage.note("error is told once", client.getsockopt, socket.SOL_SOCKET, socket.SO_ERROR)
    stage.note("read", client.recv, 1)


@scenario
def refused(stage: Stage) -> None:
    """Nobody listens."""
    address = closed_port()
    stage.note("connect", stage.make().connect, address)
    stage.note("connect_ex", stage.make().connect_ex, address)
    sock = stage.make()
    sock.settimeout(0)
    stage.note("not waiting", sock.connect_ex, address)
    select.select([], [sock], [], 2)
    stage.note("error", sock.getsockopt, socket.SOL_SOCKET, socket.SO_ERROR)
    stage.note("create_connection", socket.create_connection, address)


@scenario
def connecting_without_waiting(stage: Stage) -> None:
    """A connection under way is writable when it stands."""
    listener = stage.listener()
    sock = stage.make()
    sock.settimeout(0)
    stage.note("connect", sock.connect, listener.getsockname())
    stage.log.append([len(files) for files in select.select([sock], [sock], [], 2)])
    stage.note("error", sock.getsockopt, socket.SOL_SOCKET, socket.SO_ERROR)
    stage.note("again", sock.connect_ex, listener.getsockname())
    stage.log.append(sock.getpeername() == listener.getsockname())


@scenario
def not_connected(stage: Stage) -> None:
    """What a fresh socket says."""
    sock = stage.make()
    stage.note("recv", sock.recv, 1)
    stage.note("send", sock.send, b"x")
    stage.note("peer", sock.getpeername)
    stage.note("name", sock.getsockname)
    stage.note("shutdown", sock.shutdown, socket.SHUT_RDWR)
    stage.note("accept", sock.accept)
    stage.note("kind", lambda: (sock.family, sock.type, sock.proto, sock.timeout))
    stage.note("error", sock.getsockopt, socket.SOL_SOCKET, socket.SO_ERROR)
    stage.note("accepts", sock.getsockopt, socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    stage.note("type", sock.getsockopt, socket.SOL_SOCKET, socket.SO_TYPE)


@scenario
def closed(stage: Stage) -> None:
    """A closed socket refuses everything."""
    sock = stage.make()
    sock.close()
    stage.note("fileno", sock.fileno)
    stage.note("recv", sock.recv, 1)
    stage.note("send", sock.send, b"x")
    stage.note("connect", sock.connect, (LOOPBACK, 9))
    stage.note("name", sock.getsockname)
    stage.note("option", sock.getsockopt, socket.SOL_SOCKET, socket.SO_ERROR)
    stage.note("close", sock.close)


@scenario
def not_waiting(stage: Stage) -> None:
    """What a socket says that must not wait."""
    client, server = stage.connection()
    client.settimeout(0)
    stage.note("recv", client.recv, 1)
    stage.note("timeout", lambda: (client.gettimeout(), client.getblocking()))
    server.settimeout(None)
    stage.note("recv", server.recv, 1, socket.MSG_DONTWAIT)
    listener = stage.listener()
    listener.settimeout(0)
    stage.note("accept", listener.accept)


@scenario
def timeouts(stage: Stage) -> None:
    """What a socket says when the time is over."""
    client, _ = stage.connection()
    client.settimeout(0.01)
    stage.note("recv", client.recv, 1)
    stage.note("again", client.recv, 1)
    listener = stage.listener()
    listener.settimeout(0.01)
    stage.note("accept", listener.accept)
    stage.note("negative", client.settimeout, -1)


@scenario
def accepting(stage: Stage) -> None:
    """Connections wait in the order in which they came."""
    listener = stage.listener()
    clients = [stage.make() for _ in range(3)]
    for client in clients:
        client.connect(listener.getsockname())
    for client in clients:
        server, address = listener.accept()
        stage.keep(server)
        stage.log.append(address == client.getsockname() == server.getpeername())
        stage.log.append(server.getsockname() == listener.getsockname())
        stage.log.append((server.gettimeout(), server.family, server.type))
    stage.note("accepts", listener.getsockopt, socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    stage.note("recv", listener.recv, 1)
    stage.note("send", listener.send, b"x")


@scenario
def a_listener_that_closes(stage: Stage) -> None:
    """Who connected and was never accepted is reset."""
    listener = stage.listener()
    client = stage.make()
    client.settimeout(2)
    client.connect(listener.getsockname())
    listener.close()
    stage.note("recv", client.recv, 1)


@scenario
def a_listener_that_is_shut_down(stage: Stage) -> None:
    """It takes no more connections, and accepting fails."""
    listener = stage.listener()
    address = listener.getsockname()
    listener.shutdown(socket.SHUT_RDWR)
    stage.note("accept", listener.accept)
    stage.note("connect", stage.make().connect, address)


@scenario
def addresses_in_use(stage: Stage) -> None:
    """An address is taken once."""
    listener = stage.listener()
    stage.note("the same", stage.make().bind, listener.getsockname())
    other = stage.make()
    other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    port = listener.getsockname()[1]
    stage.note("while it listens", other.bind, ("0.0.0.0", port))  # noqa: S104
    listener.close()
    again = stage.make()
    again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    stage.note("afterwards", again.bind, (LOOPBACK, port))
    stage.note("twice", again.bind, (LOOPBACK, 0))
    stage.note("not ours", stage.make().bind, ("192.0.2.1", 0))
    stage.note("no such port", stage.make().bind, (LOOPBACK, 70000))
    stage.note("no address", stage.make().bind, "127.0.0.1")


@scenario
def listening_everywhere(stage: Stage) -> None:
    """A listener at no particular address is found at that of loopback."""
    listener = stage.keep(socket.create_server(("", 0)))
    client = stage.make()
    client.connect((LOOPBACK, listener.getsockname()[1]))
    server = stage.keep(listener.accept()[0])
    stage.log.append(listener.getsockname()[0])
    stage.log.append(server.getsockname()[0])


@scenario
def copies(stage: Stage) -> None:
    """A connection closes with the last of its sockets."""
    client, server = stage.connection()
    twin = stage.keep(client.dup())
    client.close()
    twin.sendall(b"by the twin")
    stage.note("read", server.recv, 100)
    adopted = stage.keep(socket.socket(fileno=twin.detach()))
    stage.note("detached", twin.fileno)
    adopted.sendall(b"adopted")
    stage.note("read", server.recv, 100)
    stage.note("kind", lambda: (adopted.family, adopted.type))
    adopted.close()
    stage.note("end", server.recv, 100)


@scenario
def files(stage: Stage) -> None:
    """A connection as a file stays open until both are closed."""
    client, server = stage.connection()
    with client.makefile("rw", newline="\n") as file:
        client.close()
        server.sendall(b"one line\nand another\n")
        stage.note("line", file.readline)
        stage.note("line", file.readline)
        file.write("back\n")
        file.flush()
        stage.note("recv", server.recv, 100)
    stage.note("end", server.recv, 100)


@scenario
def a_pair(stage: Stage) -> None:
    """Two sockets that are connected to each other."""
    one, other = socket.socketpair()
    stage.keep(one), stage.keep(other)
    one.sendall(b"to the other")
    stage.note("recv", other.recv, 100)
    stage.note("kind", lambda: (one.family, one.type, one.getsockname(), one.getpeername()))
    one.close()
    stage.note("end", other.recv, 100)
    stage.note("send", other.send, b"x")


@scenario
def several_buffers(stage: Stage) -> None:
    """Buffers sent as one, and what comes back with nothing beside it."""
    client, server = stage.connection()
    stage.note("sendmsg", client.sendmsg, [b"one", bytearray(b" two"), memoryview(b" three")])
    stage.note("recvmsg", lambda: server.recvmsg(100)[:2])
    client.sendall(b"0123456789")
    stage.note("all of it", server.recv, 10, socket.MSG_WAITALL)


@scenario
def datagrams(stage: Stage) -> None:
    """Messages arrive whole, with their sender."""
    one, other = (stage.make(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    one.bind((LOOPBACK, 0))
    other.bind((LOOPBACK, 0))
    for sock in (one, other):
        sock.settimeout(2)
    stage.note("sendto", one.sendto, b"first", other.getsockname())
    stage.note("sendto", one.sendto, b"second message", other.getsockname())
    message, sender = other.recvfrom(100)
    stage.log.append((message, sender == one.getsockname()))
    stage.note("cut", other.recv, 6)
    other.settimeout(0)
    stage.note("none", other.recv, 100)
    other.connect(one.getsockname())
    stage.note("send", other.send, b"to whom it is connected")
    stage.note("recv", one.recv, 100)
    stage.note("to nobody", one.send, b"x")


@scenario
def datagrams_to_nobody(stage: Stage) -> None:
    """A connected socket is told, once, that nobody was there; one without a peer is not."""
    gone = stage.make(socket.AF_INET, socket.SOCK_DGRAM)
    gone.bind((LOOPBACK, 0))
    nobody = gone.getsockname()
    gone.close()
    one, other = (stage.make(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    for sock in (one, other):
        sock.settimeout(2)
    one.connect(nobody)
    poll = select.poll()
    poll.register(one, select.POLLIN | select.POLLOUT)
    stage.note("first", one.send, b"x")
    stage.log.append([mask for _, mask in poll.poll(2000)])
    stage.note("recv", one.recv, 100)
    stage.log.append([mask for _, mask in poll.poll(2000)])
    stage.note("again", one.send, b"x")
    stage.note("and again", one.send, b"x")
    stage.note("then", one.send, b"x")
    stage.note("option", one.getsockopt, socket.SOL_SOCKET, socket.SO_ERROR)
    one.settimeout(0)
    stage.note("nothing left", one.recv, 100)
    other.settimeout(0)
    stage.note("no peer", other.sendto, b"x", nobody)
    stage.note("no error", other.recv, 100)


@scenario
def polled(stage: Stage) -> None:
    """What poll says of a connection in each of its states."""
    client, server = stage.connection()
    poll = select.poll()
    poll.register(client, select.POLLIN | select.POLLOUT | select.POLLRDHUP)
    stage.log.append([mask for _, mask in poll.poll(0)])
    server.sendall(b"x")
    wait_readable(client)
    stage.log.append([mask for _, mask in poll.poll(0)])
    client.recv(1)
    server.shutdown(socket.SHUT_WR)
    wait_readable(client)
    stage.log.append([mask for _, mask in poll.poll(0)])
    client.shutdown(socket.SHUT_WR)
    stage.log.append([mask for _, mask in poll.poll(2000)])
    poll.modify(client, 0)
    stage.log.append([mask for _, mask in poll.poll(0)])
    poll.unregister(client)
    stage.note("nothing", poll.poll, 10)
    stage.note("not there", poll.unregister, client)
    fresh = stage.make()
    poll.register(fresh, select.POLLIN | select.POLLOUT)
    stage.log.append([mask for _, mask in poll.poll(0)])


@scenario
def epolled(stage: Stage) -> None:
    """What epoll says, and whom it knows."""
    client, server = stage.connection()
    with select.epoll() as poll:
        poll.register(client.fileno(), select.EPOLLIN | select.EPOLLRDHUP)
        stage.note("twice", poll.register, client.fileno(), select.EPOLLIN)
        stage.note("nothing", poll.poll, 0)
        server.sendall(b"never read")
        wait_readable(client)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        stage.log.append([mask for _, mask in poll.poll(2, 5)])
        server.close()
        client.settimeout(0)
        stage.note("read", client.recv, 100)
        poll.modify(client, select.EPOLLIN | select.EPOLLOUT | select.EPOLLRDHUP)
        stage.log.append([mask for _, mask in poll.poll(2)])
        client.close()
        stage.note("closed", poll.poll, 0)
        stage.note("unknown", poll.modify, server, select.EPOLLIN)
    stage.note("afterwards", poll.poll, 0)
    stage.log.append(poll.closed)


@scenario
def selected(stage: Stage) -> None:
    """What select returns is what it was given."""
    client, server = stage.connection()
    both: list[Any] = [client, server.fileno()]
    readable, writable, failed = select.select([client], both, [client], 0)
    stage.log.append((readable, writable == both, failed))
    server.close()
    found = select.select([client.fileno()], [], [client.fileno()], 2)
    stage.log.append((found[0] == [client.fileno()], found[1:]))
    stage.note("nothing at all", select.select, [], [], [], 0)
    stage.note("negative", select.select, [], [], [], -1)
    stage.note("no file", select.select, ["client"], [], [], 0)
    stage.note("closed", select.select, [server], [], [], 0)


def with_selector(make: Callable[[], selectors.BaseSelector]) -> Scenario:
    """Return the scenario of a selector of the standard library."""

    def selector(stage: Stage) -> None:
        client, server = stage.connection()
        with make() as selector:
            selector.register(client, selectors.EVENT_READ, "client")
            selector.register(server, selectors.EVENT_READ | selectors.EVENT_WRITE, "server")
            stage.log.append(sorted((key.data, events) for key, events in selector.select(0)))
            server.sendall(b"x")
            wait_readable(client)
            stage.log.append(sorted((key.data, events) for key, events in selector.select(2)))
            selector.unregister(server)
            client.recv(1)
            stage.note("over", selector.select, 0.01)
            stage.note("twice", selector.register, client, selectors.EVENT_READ)

    selector.__name__ = f"{make.__name__}"
    return selector


for _make in (selectors.SelectSelector, selectors.PollSelector, selectors.EpollSelector):
    scenario(with_selector(_make))


@scenario
def names(stage: Stage) -> None:
    """What is known of the machine itself."""
    stage.note("by name", socket.gethostbyname, "localhost")
    stage.note("in numbers", socket.gethostbyname, LOOPBACK)
    stage.note("info", socket.getaddrinfo, "127.0.0.1", 80)
    stage.note("one kind", socket.getaddrinfo, "localhost", "http", 0, socket.SOCK_STREAM)
    stage.note("four", socket.getaddrinfo, "localhost", 0, socket.AF_INET, socket.SOCK_DGRAM)
    stage.note("to bind", lambda: socket.getaddrinfo(None, 80, type=1, flags=socket.AI_PASSIVE))
    stage.note("no service", socket.getaddrinfo, "localhost", "no-such-service")
    stage.note("not in numbers", lambda: socket.getaddrinfo("a.test", 0, flags=4))
    stage.note("six", socket.getaddrinfo, "::1", 443, 0, socket.SOCK_STREAM)
    stage.note("of an address", socket.getnameinfo, (LOOPBACK, 80), socket.NI_NUMERICHOST)
