"""What the client of one connection has set: the protocol's version, the database, its name."""

from typing import Any, Final

from loopscope.simulator.hosts.redis.protocol import OK
from loopscope.simulator.hosts.redis.store import DATABASES, CommandError
from loopscope.simulator.hosts.redis.words import SYNTAX, Arguments, Options, integer

VERSION: Final = "7.4.0"
"""The version of Redis that it says it is; what it knows is a part of that."""

INFO: Final = (
    f"# Server\r\nredis_version:{VERSION}\r\nredis_mode:standalone\r\n"
    "# Replication\r\nrole:master\r\nconnected_slaves:0\r\n"
).encode()
"""What it says of itself."""


class Session:
    """What one client has set.

    Args:
        number: The number of its connection.

    Attributes:
        version: The version of the protocol: 2 or 3.
        database: The number of the database that its commands use.
    """

    def __init__(self, number: int) -> None:
        self.version = 2
        self.database = 0
        self._number = number
        self._name = b""

    def hello(self, args: Arguments) -> Any:
        """Return what ``HELLO`` answers.

        Raises:
            CommandError: It asks for a version that does not exist, or for something else.
        """
        if args:
            if args[0] not in (b"2", b"3"):
                raise CommandError("NOPROTO unsupported protocol version")
            options = Options(args[1:])
            for name in options:
                if name == "AUTH":
                    options.word(), options.word()
                elif name == "SETNAME":
                    self._name = options.word()
                else:
                    raise CommandError(SYNTAX)
            self.version = int(args[0])
        return {
            b"server": b"redis",
            b"version": VERSION.encode(),
            b"proto": self.version,
            b"id": self._number,
            b"mode": b"standalone",
            b"role": b"master",
            b"modules": [],
        }

    def select(self, args: Arguments) -> Any:
        """Return what ``SELECT`` answers.

        Raises:
            CommandError: There is no such database.
        """
        number = integer(args[0])
        if not 0 <= number < DATABASES:
            raise CommandError("ERR DB index is out of range")
        self.database = number
        return OK

    def client(self, args: Arguments) -> Any:
        """Return what ``CLIENT`` answers.

        Raises:
            CommandError: It asks for something that is not known.
        """
        word = args[0].upper()
        if word == b"SETNAME" and len(args) > 1:
            self._name = args[1]
        elif word == b"GETNAME":
            return self._name or None
        elif word == b"ID":
            return self._number
        elif word in (b"INFO", b"LIST"):
            name = self._name.decode("latin-1")
            settings = f"name={name} db={self.database} resp={self.version}"
            return f"id={self._number} {settings}\n".encode()
        elif word not in (b"SETINFO", b"NO-EVICT", b"NO-TOUCH"):
            shown = args[0].decode("latin-1")[:128]
            raise CommandError(f"ERR unknown subcommand '{shown}'. Try CLIENT HELP.")
        return OK
