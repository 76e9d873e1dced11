"""The options of one socket: what was set is what is read."""

import socket
import struct
from typing import Any, Final

_DEFAULTS: Final = {
    (socket.SOL_SOCKET, socket.SO_SNDBUF): 16384,
    (socket.SOL_SOCKET, socket.SO_RCVBUF): 131072,
}

_LINGER: Final = struct.Struct("ii")


class Options:
    """Options by level and name; none of them changes anything but what reading it returns."""

    __slots__ = ("_fixed", "_set")

    def __init__(self, family: int, kind: int, protocol: int) -> None:
        self._fixed = (family, kind, protocol)
        self._set: dict[tuple[int, int], Any] | None = None

    def set(self, level: int, option: int, value: object) -> None:
        """Note a value: a number or bytes."""
        if self._set is None:
            self._set = {}
        self._set[level, option] = value

    def get(self, level: int, option: int, size: int) -> int | bytes:
        """Return a value: a number, or ``size`` bytes if that is not zero."""
        value = self._value(level, option)
        if size and isinstance(value, int):
            value = struct.pack("i", value)
        if isinstance(value, int):
            return value
        return bytes(value)[:size].ljust(size, b"\0")

    def _value(self, level: int, option: int) -> Any:
        family, kind, protocol = self._fixed
        if level == socket.SOL_SOCKET:
            if option == socket.SO_TYPE:
                return kind
            if option == getattr(socket, "SO_DOMAIN", -1):
                return family
            if option == getattr(socket, "SO_PROTOCOL", -1):
                return protocol
        if self._set is not None and (level, option) in self._set:
            return self._set[level, option]
        return _DEFAULTS.get((level, option), 0)

    @property
    def is_rude(self) -> bool:
        """Whether closing is to reset the connection (``SO_LINGER`` on, with a time of zero)."""
        value = self._value(socket.SOL_SOCKET, socket.SO_LINGER)
        if isinstance(value, int) or len(value) < _LINGER.size:
            return False
        is_on, seconds = _LINGER.unpack(bytes(value)[: _LINGER.size])
        return bool(is_on) and seconds == 0
