"""Addresses of the simulated machine, and what a look-up of names answers."""

import ipaddress
import socket
from functools import lru_cache
from typing import Any, Final

MACHINE: Final = "loopscope"
"""What the simulated machine is called, in place of the name of the real one."""

OWN_NAMES: Final = frozenset({"", "localhost", "localhost.localdomain", MACHINE})
OWN_ADDRESS: Final = "10.0.0.1"
"""What other hosts see; everything of 127.0.0.0/8 and ``::1`` is the machine too."""

ANY_4: Final = "0.0.0.0"  # noqa: S104 - nothing real is ever bound
ANY_6: Final = "::"

SERVICES: Final = {"http": 80, "https": 443, "redis": 6379, "domain": 53, "ftp": 21, "ssh": 22}

_FOUR: Final = socket.AF_INET
_SIX: Final = socket.AF_INET6

Address = Any
"""``(ip, port)``, ``(ip, port, flow, scope)`` or, of a Unix socket, a path."""

Found = tuple[socket.AddressFamily, socket.SocketKind, int, str, Address]
"""One answer of ``getaddrinfo``."""

_PROTOCOLS: Final = {
    socket.SOCK_STREAM: socket.IPPROTO_TCP,
    socket.SOCK_DGRAM: socket.IPPROTO_UDP,
    socket.SOCK_RAW: socket.IPPROTO_IP,
}


@lru_cache(maxsize=4096)
def numeric(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return an address that is written in numbers; None for a name."""
    if not name or (name[-1].isalpha() and ":" not in name):
        return None
    try:
        return ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def is_own(ip: str) -> bool:
    """Whether an address belongs to the simulated machine."""
    if ip in (OWN_ADDRESS, ANY_4, ANY_6):
        return True
    address = numeric(ip)
    return address is not None and address.is_loopback


def own_address_towards(ip: str) -> str:
    """Return the address of the machine that a peer at ``ip`` sees."""
    if ip == ANY_4:
        return "127.0.0.1"
    if ip == ANY_6:
        return "::1"
    return ip if is_own(ip) else OWN_ADDRESS


def family_of(ip: str) -> socket.AddressFamily:
    """Return the family of an address written in numbers."""
    return _SIX if ":" in ip else _FOUR


def with_port(ip: str, port: int) -> Address:
    """Return the address of a socket as Python writes it."""
    return (ip, port, 0, 0) if ":" in ip else (ip, port)


def answers(ips: list[str], port: int, kind: int, protocol: int) -> list[Found]:
    """Return what ``getaddrinfo`` answers: each address with each kind of socket that fits."""
    return [
        (family_of(ip), one, number, "", with_port(ip, port))
        for ip in ips
        for one, number in _PROTOCOLS.items()
        if kind in (0, one) and protocol in (0, number)
    ]


def port_number(port: bytes | str | int | None) -> int:
    """Return the number of a port that is given as a number or a name.

    Raises:
        socket.gaierror: There is no service of that name.
    """
    if port is None:
        return 0
    if isinstance(port, int):
        return port
    text = port.decode("ascii", "replace") if isinstance(port, bytes) else port
    if text.isdigit():
        return int(text)
    if text in SERVICES:
        return SERVICES[text]
    raise socket.gaierror(socket.EAI_SERVICE, "Servname not supported for ai_socktype")
