"""The simulated network of one world: descriptors, names, addresses, and who connects to whom."""

import errno
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Final

from loopscope.errors import SimulationError
from loopscope.simulator.network import addresses
from loopscope.simulator.network.addresses import ANY_4, ANY_6, Address, is_own, with_port
from loopscope.simulator.network.datagram import Mailbox
from loopscope.simulator.network.files import NS_PER_S, File
from loopscope.simulator.network.listener import Listener
from loopscope.simulator.network.remote import Hosts, Opening, RemoteEnd, RemoteHost
from loopscope.simulator.network.stream import End, os_error
from loopscope.simulator.world import World

FIRST_DESCRIPTOR: Final = 1 << 20
"""Simulated descriptors begin here: no real one gets so far."""

PORTS: Final = range(32768, 61000)
"""The ports that Linux gives to sockets that do not care."""

RETRIES: Final = 6
"""How often Linux tries to connect again: after 1, 2, 4 ... s."""


class Network:
    """Everything that the program can reach.

    Args:
        world: The world it belongs to.
        hosts: The described hosts.

    Attributes:
        hosts: The described hosts.
        files: The open files: descriptor -> file.
        problems: What is wrong with the description, in the order found. The program may catch
            the exception, so whoever started the simulation reports these as well.
        refused_ports: At which ports of the machine nobody listened, in the order found.
        default_timeout: What ``socket.setdefaulttimeout`` set.
    """

    def __init__(self, world: World, hosts: Hosts) -> None:
        self.world = world
        self.files: dict[int, File] = {}
        self.problems: list[SimulationError] = []
        self.refused_ports: dict[int, None] = {}
        self.default_timeout: float | None = None
        self.hosts = hosts
        self._descriptors = count(FIRST_DESCRIPTOR)
        self._ip_of: dict[str, str] = {}
        self._name_of: dict[str, str] = {}
        self._bound: dict[tuple[type[File], Address], File] = {}
        self._ports: Counter[tuple[type[File], int, bool]] = Counter()
        self._next_port = PORTS.start
        hosts.attach(world, self.problem)

    # -------------------------------------------------------------------------------- descriptors

    def add(self, file: File) -> int:
        """Give a file a descriptor. None is ever used twice."""
        descriptor = next(self._descriptors)
        self.files[descriptor] = file
        return descriptor

    def file(self, descriptor: int) -> File:
        """Return the file of a descriptor.

        Raises:
            OSError: It is closed, or a real one.
        """
        file = self.files.get(descriptor)
        if file is None:
            raise os_error(errno.EBADF)
        return file

    def remove(self, descriptor: int) -> None:
        """Close a descriptor; the last one of a file closes the file."""
        self.files.pop(descriptor).release()

    # -------------------------------------------------------------------------------------- names

    def look_up(self, name: str, port: int | None = None) -> tuple[str, int, bool]:
        """Ask for the address of a name.

        Args:
            name: A name, or an address in numbers.
            port: What it is asked for, for the message; None if it is not known.

        Returns:
            The address, how long it takes to be known in ns, and whether it is found.

        Raises:
            SimulationError: Nobody described such a host.
        """
        if name in addresses.OWN_NAMES:
            return "127.0.0.1", 0, True
        if addresses.numeric(name):
            return name, 0, True
        name = name.lower().rstrip(".")
        host = self.hosts.find(name, None)
        if host is None:
            raise self.problem(undescribed(name, port))
        delay_ns, is_found = host.look_up()
        return self._address_of(name), delay_ns, is_found

    def is_known_at_once(self, name: object) -> bool:
        """Whether looking a name up takes no time."""
        if not isinstance(name, str) or name in addresses.OWN_NAMES or addresses.numeric(name):
            return True
        host = self.hosts.find(name.lower().rstrip("."), None)
        return host is None or host.is_known_at_once

    def name_at(self, ip: str) -> str:
        """Return the name that an address was given for, or the address itself."""
        return self._name_of.get(ip, ip)

    def _address_of(self, name: str) -> str:
        ip = self._ip_of.get(name)
        if ip is None:
            number = len(self._ip_of)
            ip = f"10.{1 + (number >> 16 & 127)}.{number >> 8 & 255}.{number & 255}"
            self._ip_of[name] = ip
            self._name_of[ip] = name
        return ip

    def problem(self, error: SimulationError) -> SimulationError:
        """Note what is wrong with the description of the world, and return it to be raised."""
        if str(error) not in map(str, self.problems):
            self.problems.append(error)
        return error

    # ------------------------------------------------------------------------------------ binding

    def bind(self, file: End | Mailbox, address: Address) -> Address:
        """Take an address of the machine for a socket; returns it with its port.

        Raises:
            OSError: The address is taken, or is not one of the machine.
        """
        kind = type(file)
        if isinstance(address, str | bytes):
            chosen: Address = address
        else:
            if not is_own(address[0]):
                raise os_error(errno.EADDRNOTAVAIL)
            chosen = with_port(address[0], address[1] or self._free_port(kind, address[0]))
        if self._is_taken(kind, chosen):
            raise os_error(errno.EADDRINUSE)
        file.local = chosen
        self._bound[kind, chosen] = file
        if isinstance(chosen, tuple):
            self._ports[_port_of(kind, chosen)] += 1
        file.on_close = partial(self._give_back, kind, chosen)
        return chosen

    def _give_back(self, kind: type[File], address: Address) -> None:
        if self._bound.pop((kind, address), None) is not None and isinstance(address, tuple):
            self._ports[_port_of(kind, address)] -= 1

    def _is_taken(self, kind: type[File], address: Address) -> bool:
        if (kind, address) in self._bound:
            return True
        if isinstance(address, str | bytes):
            return False
        ip, port = address[:2]
        if ip not in (ANY_4, ANY_6):
            any_ip = ANY_6 if ":" in ip else ANY_4
            return (kind, with_port(any_ip, port)) in self._bound
        return self._ports[_port_of(kind, address)] > 0

    def _free_port(self, kind: type[File], ip: str) -> int:
        for _ in PORTS:
            port = self._next_port
            self._next_port = port + 1 if port + 1 in PORTS else PORTS.start
            if not self._is_taken(kind, with_port(ip, port)):
                return port
        raise os_error(errno.EADDRINUSE)

    def listen(self, end: End, backlog: int) -> Listener:
        """Let a bound socket take connections."""
        listener = Listener(self.world, name_of(end.local), end.local, end.close)
        listener.backlog = backlog
        self._bound[End, end.local] = listener
        return listener

    def _listener_at(self, address: Address) -> Listener | None:
        places = [address]
        if not isinstance(address, str | bytes):
            ip, port = address[:2]
            places += [with_port(any_ip, port) for any_ip in (ANY_4, ANY_6)]
            if ip in (ANY_4, ANY_6):
                places.append(with_port(addresses.own_address_towards(ip), port))
        for place in places:
            file = self._bound.get((End, place))
            if isinstance(file, Listener):
                return file
        return None

    # --------------------------------------------------------------------------------- connecting

    def connect(self, end: End, address: Address) -> None:
        """Begin to connect; ``end`` is told what comes of it, at once or later.

        Raises:
            SimulationError: Nobody described a host at this address.
        """
        end.remote = address
        if isinstance(address, str | bytes):
            self._connect_here(end, address, None)
            return
        ip, port = address[:2]
        if end.local is None:
            own_ip = addresses.own_address_towards(ip)
            end.local = with_port(own_ip, self._free_port(End, own_ip))
        host = self._host_at(address)
        if host is None:
            self._connect_here(end, address, None)
            return
        end.name = f"{self.name_at(ip)}:{port}"
        opening = host.open(port)
        if opening.code is None:
            end.attempt = self.world.after(GIVE_UP_NS, partial(end.failed, errno.ETIMEDOUT))
        elif opening.delay_ns:
            end.attempt = self.world.after(opening.delay_ns, partial(self._follow, end, opening))
        else:
            self._follow(end, opening)

    def _host_at(self, address: Address) -> RemoteHost | None:
        """Return the host at an address; None if that is the program itself."""
        ip, port = address[:2]
        if is_own(ip):
            return None if self._listener_at(address) else self.hosts.find_beside(port)
        name = self.name_at(ip)
        host = self.hosts.find(name, port)
        if host is None:
            raise self.problem(undescribed(name, port))
        return host

    def _follow(self, end: End, opening: Opening) -> None:
        """Do what a host decided about an attempt to connect."""
        if opening.code:
            end.failed(opening.code)
        elif opening.serve is not None:
            end.established(RemoteEnd(self.world, end, opening.serve, opening.tls_ns))
        else:
            self._connect_here(end, opening.forward, opening.delay)

    def _connect_here(
        self, end: End, address: Address, delay: Callable[[], int] | None, retries: int = 0
    ) -> None:
        """Connect to a socket of the program itself."""
        listener = self._listener_at(address)
        if listener is None and isinstance(address, str | bytes):
            end.failed(errno.ENOENT)
        elif listener is None:
            self.refused_ports[address[1]] = None
            end.failed(errno.ECONNREFUSED)
        elif not listener.is_full():
            self._join(end, listener, delay)
        elif retries == RETRIES:
            end.attempt = self.world.after(retry_ns(retries), partial(end.failed, errno.ETIMEDOUT))
        else:
            again = partial(self._connect_here, end, address, delay, retries + 1)
            end.attempt = self.world.after(retry_ns(retries), again)

    def _join(self, end: End, listener: Listener, delay: Callable[[], int] | None) -> None:
        other = End(self.world, name_of(end.local))
        other.local, other.remote = end.remote, end.local
        end.delay = other.delay = delay
        end.is_unix = other.is_unix = isinstance(end.remote, str | bytes)
        if end.name == UNCONNECTED:
            end.name = name_of(end.remote)
        other.established(end)
        end.established(other)
        listener.arrive(other)

    def pair(self) -> tuple[End, End]:
        """Return two ends that are connected to each other."""
        one, other = End(self.world, "a socket pair"), End(self.world, "a socket pair")
        one.local = one.remote = other.local = other.remote = ""
        one.is_unix = other.is_unix = True
        one.established(other)
        other.established(one)
        return one, other

    def send_message(self, sender: Mailbox, message: bytes, address: Address) -> None:
        """Bring a datagram to whoever is bound to an address, or tell the sender that nobody is.

        Raises:
            SimulationError: The address is not one of this machine.
        """
        ip, port = address[:2]
        if not is_own(ip):
            raise self.problem(
                SimulationError(
                    f"A datagram was sent to {self.name_at(ip)}:{port}, but hosts of a world "
                    "answer on TCP only; let the program use TCP, or answer it from a datagram "
                    "socket of the program itself.",
                    slug="datagram-to-host",
                )
            )
        if sender.local is None or sender.local[0] in (ANY_4, ANY_6):
            self._bind_towards(sender, ip)
        for place in (with_port(ip, port), with_port(ANY_6 if ":" in ip else ANY_4, port)):
            receiver = self._bound.get((Mailbox, place))
            if isinstance(receiver, Mailbox):
                receiver.receive(message, self._sender_address(sender, ip))
                return
        sender.refused()

    def _bind_towards(self, sender: Mailbox, ip: str) -> None:
        if sender.local is None:
            self.bind(sender, with_port(ANY_6 if ":" in ip else ANY_4, 0))

    def _sender_address(self, sender: Mailbox, ip: str) -> Address:
        own_ip = sender.local[0]
        if own_ip in (ANY_4, ANY_6):
            own_ip = addresses.own_address_towards(ip)
        return with_port(own_ip, sender.local[1])


UNCONNECTED: Final = "a socket that is not connected"


def _port_of(kind: type[File], address: Address) -> tuple[type[File], int, bool]:
    """Return what two sockets must not share if one of them is bound to every address."""
    return kind, address[1], ":" in address[0]


def name_of(address: Address) -> str:
    """Return an address as a report writes it."""
    if isinstance(address, tuple):
        return f"{address[0]}:{address[1]}"
    return str(address)


def retry_ns(retries: int) -> int:
    """Return how long Linux waits for an answer before it tries for the next time."""
    return NS_PER_S << retries


GIVE_UP_NS: Final = sum(map(retry_ns, range(RETRIES + 1)))
"""How long it takes until Linux gives up connecting to somebody who never answers: 127 s."""


def undescribed(name: str, port: int | None) -> SimulationError:
    """Return the error for a host that is missing in the world; it says what to add."""
    where = f"{name}, port {port}," if port else name
    line = f"\nport = {port}" if port and port not in (80, 443) else ""
    return SimulationError(
        f"The program asks for {where} which the world does not describe. Add it to the world "
        f'file (--world W.toml):\n\n[[host]]\nname = "{name}"{line}\nlatency = "100ms"\n\n'
        "or let every host that is not described answer a stub: --latency 100ms",
        slug="host-unknown",
    )
