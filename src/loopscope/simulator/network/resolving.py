"""The functions of the socket module that look names up, in virtual time."""

import os
import socket
from typing import Final

from loopscope.simulator.network import addresses
from loopscope.simulator.network.active import needed_network
from loopscope.simulator.network.addresses import ANY_4, ANY_6, Address, Found
from loopscope.simulator.network.network import Network

NOT_KNOWN: Final = (socket.EAI_NONAME, "Name or service not known")
NOT_NOW: Final = (socket.EAI_AGAIN, "Temporary failure in name resolution")

_AI_NUMERICHOST: Final = int(socket.AI_NUMERICHOST)  # as numbers, since flags are slow
_AI_PASSIVE: Final = int(socket.AI_PASSIVE)
_NI_NAMEREQD: Final = int(socket.NI_NAMEREQD)
_NI_NUMERICHOST: Final = int(socket.NI_NUMERICHOST)
_NI_NUMERICSERV: Final = int(socket.NI_NUMERICSERV)

Name = bytes | str | None


def getaddrinfo(  # noqa: PLR0913, PLR0917 - the signature of the standard library
    host: Name,
    port: bytes | str | int | None,
    family: int = 0,
    type: int = 0,  # noqa: A002 - as above
    proto: int = 0,
    flags: int = 0,
) -> list[Found]:
    """Stand in for ``socket.getaddrinfo``."""
    network = needed_network()
    name = text_of(host)
    number = addresses.port_number(port)
    if flags & _AI_NUMERICHOST and name and not addresses.numeric(name):
        raise socket.gaierror(*NOT_KNOWN)
    if not name:
        ips = [ANY_4, ANY_6] if flags & _AI_PASSIVE else ["127.0.0.1", "::1"]
    else:
        ips = [wait_for_address(network, name, number)]
        if name in addresses.OWN_NAMES and family == socket.AF_INET6:
            ips = ["::1"]
    if family:
        ips = [ip for ip in ips if addresses.family_of(ip) == family]
    found = addresses.answers(ips, number, type, proto)
    if not found:
        raise socket.gaierror(*NOT_KNOWN)
    return found


def wait_for_address(network: Network, name: str, port: int | None = None) -> str:
    """Return the address of a name, after the time that finding it takes.

    Raises:
        socket.gaierror: It is not found.
    """
    ip, delay_ns, is_found = network.look_up(name, port)
    if delay_ns:
        network.world.sleep(delay_ns, f"look-up of {name}")
    if not is_found:
        raise socket.gaierror(*NOT_NOW)
    return ip


def resolve_address(network: Network, family: int, address: Address) -> Address:
    """Return the address that a socket is given, with its name looked up."""
    if family == socket.AF_UNIX:
        return os.fsdecode(address)
    if not isinstance(address, tuple) or len(address) < 2:  # noqa: PLR2004 - host and port
        raise TypeError(f"an address must be a tuple of host and port, not {address!r}")
    name, port = text_of(address[0]) or "", address[1]
    if not isinstance(port, int):
        raise TypeError(f"'{type(port).__name__}' object cannot be interpreted as an integer")
    if not 0 <= port <= 65535:  # noqa: PLR2004 - the numbers of ports
        raise OverflowError("port must be 0-65535.")
    if not name:
        ip = ANY_6 if family == socket.AF_INET6 else ANY_4
    else:
        ip = wait_for_address(network, name, port)
        if family == socket.AF_INET6 and ip == "127.0.0.1" and name in addresses.OWN_NAMES:
            ip = "::1"
    if addresses.family_of(ip) != family:
        raise socket.gaierror(socket.EAI_ADDRFAMILY, "Address family for hostname not supported")
    return addresses.with_port(ip, port)


def gethostbyname(name: str) -> str:
    """Stand in for ``socket.gethostbyname``."""
    ip = wait_for_address(needed_network(), name)
    if addresses.family_of(ip) != socket.AF_INET:
        raise socket.gaierror(socket.EAI_ADDRFAMILY, "Address family for hostname not supported")
    return ip


def gethostbyname_ex(name: str) -> tuple[str, list[str], list[str]]:
    """Stand in for ``socket.gethostbyname_ex``."""
    return name, [], [gethostbyname(name)]


def gethostbyaddr(address: str) -> tuple[str, list[str], list[str]]:
    """Stand in for ``socket.gethostbyaddr``."""
    network = needed_network()
    ip = wait_for_address(network, address)
    name = own_or_given_name(network, ip) if addresses.numeric(address) else address
    return name, [], [ip]


def getnameinfo(address: Address, flags: int) -> tuple[str, str]:
    """Stand in for ``socket.getnameinfo``."""
    network = needed_network()
    ip, port = address[:2]
    if not addresses.numeric(ip):
        raise socket.gaierror(*NOT_KNOWN)
    name = ip if flags & _NI_NUMERICHOST else own_or_given_name(network, ip)
    if flags & _NI_NAMEREQD and name == ip:
        raise socket.gaierror(*NOT_KNOWN)
    names = {number: name for name, number in addresses.SERVICES.items()}
    service = str(port) if flags & _NI_NUMERICSERV else names.get(port, str(port))
    return name, service


def own_or_given_name(network: Network, ip: str) -> str:
    """Return the name that belongs to an address; the address itself if none does."""
    if not addresses.is_own(ip):
        return network.name_at(ip)
    return addresses.MACHINE if ip == addresses.OWN_ADDRESS else "localhost"


def gethostname() -> str:
    """Stand in for ``socket.gethostname``."""
    return addresses.MACHINE


def text_of(name: Name) -> str | None:
    """Return the name of a host as text."""
    if name is None or isinstance(name, str):
        return name
    if isinstance(name, bytes | bytearray):
        return name.decode("ascii", "surrogateescape")
    raise TypeError("getaddrinfo() argument 1 must be string or None")
