"""What a simulated Redis does on its connections: transactions, channels, waiting for lists."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from loopscope.errors import SimulationError
from loopscope.simulator.hosts import redis_collections, redis_strings
from loopscope.simulator.hosts.description import Failure
from loopscope.simulator.hosts.in_order import InOrder
from loopscope.simulator.hosts.model import LiveHost
from loopscope.simulator.hosts.redis_protocol import (
    OK,
    CommandReader,
    Fault,
    ProtocolError,
    Push,
    Simple,
    encode,
)
from loopscope.simulator.hosts.redis_store import DATABASES, CommandError, Store, glob
from loopscope.simulator.hosts.redis_strings import MANY, integer
from loopscope.simulator.hosts.steer import Asked
from loopscope.simulator.network.remote import RemoteEnd

VERSION: Final = "7.4.0"
"""The version of Redis that it says it is; what it knows is a part of that."""

READING: Final = frozenset(
    b"AUTH CLIENT ECHO EXISTS EXPIRETIME GET GETRANGE HELLO HEXISTS HGET HGETALL HKEYS HLEN HMGET"
    b" HVALS INFO KEYS LINDEX LLEN LRANGE MGET PING PTTL SCAN SCARD SELECT SISMEMBER SMEMBERS"
    b" STRLEN TTL TYPE ZCARD ZCOUNT ZRANGE ZRANK ZSCORE".split()
)
"""Commands that change no key."""

_COMMANDS: Final = redis_strings.COMMANDS | redis_collections.COMMANDS
_LATER: Final = object()
"""What a command returns whose answer comes when something happens."""

_NS_PER_S: Final = 1_000_000_000


class RedisServer:
    """What all connections to one Redis share.

    Args:
        host: The host.
    """

    def __init__(self, host: LiveHost) -> None:
        self.host = host
        self.stores = [Store(host.world) for _ in range(DATABASES)]
        self.channels: dict[bytes, list[RedisService]] = {}
        self.patterns: dict[bytes, list[RedisService]] = {}
        self.waiting: list[Callable[[], bool]] = []
        """Who waits for a list: each tries, and says whether it has got something."""
        self.connections = 0
        for key, value in host.description.data.items():
            self.stores[0].put(key.encode(), value.encode())

    def serve(self, remote: RemoteEnd) -> "RedisService":
        """Return the service of a connection."""
        self.connections += 1
        return RedisService(self, remote, self.connections)

    def try_waiting(self) -> None:
        """Something changed: let those who wait for a list try, in the order of their arrival."""
        for one in self.waiting[:]:
            if one():
                self.waiting.remove(one)

    def publish(self, channel: bytes, message: bytes) -> int:
        """Bring a message to the subscribers of a channel; returns how many there are."""
        count = 0
        for service in self.channels.get(channel, []):
            service.push(b"message", channel, message)
            count += 1
        for pattern, services in self.patterns.items():
            if glob(pattern).fullmatch(channel):
                for service in services:
                    service.push(b"pmessage", pattern, channel, message)
                count += len(services)
        return count


class RedisService:
    """One connection. Every command takes the host's latency; answers come in order.

    Args:
        server: What connections share.
        remote: The host's end.
        number: The number of the connection.
    """

    def __init__(self, server: RedisServer, remote: RemoteEnd, number: int) -> None:
        self._server = server
        self._remote = remote
        self._number = number
        self._reader = CommandReader()
        self._version = 2
        self._store = server.stores[0]
        self._name = b""
        self._queued: list[list[bytes]] | None = None
        self._is_spoilt = False
        self._watched: list[tuple[Store, bytes, int]] = []
        self._subscriptions = 0
        self._answers = InOrder()
        self._has_ended = False

    # ------------------------------------------------------------------------------ the connection

    def receive(self, data: bytes) -> None:
        """Bytes arrived."""
        self._reader.feed(data)
        host = self._server.host
        try:
            while (command := self._reader.take()) is not None:
                delay_ns, failure = host.begin()
                if host.steer is not None:
                    words = b" ".join(command).decode(errors="replace")
                    asked = Asked(words, b"", b"".join(command[:1]).upper() in READING)
                    delay_ns, failure = host.steer.arrived(host.name, asked, delay_ns, failure)
                host.work(delay_ns, self._answers.add(partial(self._answer, command, failure)))
        except ProtocolError as error:
            self._remote.send(encode(Fault(f"ERR Protocol error: {error}"), 2))
            self._remote.finish()

    def receive_end(self) -> None:
        """The client will send no more; what it asked is still answered."""
        self._has_ended = True
        self._finish_if_done()

    def receive_reset(self) -> None:
        """The connection is gone."""
        self._leave()

    def push(self, *values: bytes) -> None:
        """Send a message of a channel."""
        self._remote.send(encode(Push(values), self._version))

    def _finish_if_done(self) -> None:
        if self._has_ended and self._answers.is_empty():
            self._leave()
            self._remote.finish()

    def _leave(self) -> None:
        for channels in (self._server.channels, self._server.patterns):
            for name in list(channels):
                self._unsubscribe(channels, name)

    def _answer(self, words: list[bytes], failure: Failure | None) -> None:
        if failure is not None:
            if failure.kind == "reset":
                self._leave()
                self._remote.reset()
            self._answers.is_held = True  # whatever comes after it is lost as well
        elif self._remote.is_open:
            value = self._run(words)
            if value is not _LATER:
                self._send(value)
            self._finish_if_done()

    def _send(self, value: Any) -> None:
        self._remote.send(encode(value, self._version))

    # -------------------------------------------------------------------------------- the commands

    def _run(self, words: list[bytes]) -> Any:
        """Return what a command answers, or ``_LATER``."""
        name, args = words[0].decode("latin-1").upper(), words[1:]
        try:
            if self._queued is not None and name not in _IN_TRANSACTION:
                return self._queue(name, words)
            return self._execute(name, args)
        except CommandError as error:
            return Fault(str(error))

    def _execute(self, name: str, args: list[bytes]) -> Any:
        self._check(name, args)
        if name in _OF_CONNECTION:
            return _OF_CONNECTION[name][0](self, args)
        value = _COMMANDS[name][0](self._store, args)
        if self._server.waiting:
            self._server.try_waiting()
        return value

    def _check(self, name: str, args: list[bytes]) -> None:
        """Refuse a command that is not known, or has the wrong number of arguments."""
        known = _OF_CONNECTION.get(name) or _COMMANDS.get(name)
        if known is None:
            self._server.host.report(
                SimulationError(
                    f"The program sends the command {name[:40]!r} to the simulated Redis "
                    f"{self._server.host.name}, which does not know it; it got an error.",
                    slug="redis-command",
                )
            )
            raise CommandError(f"ERR unknown command '{name[:128]}'")
        if not known[1] <= len(args) <= known[2]:
            raise CommandError(f"ERR wrong number of arguments for '{name.lower()}' command")

    def _queue(self, name: str, words: list[bytes]) -> Any:
        assert self._queued is not None  # noqa: S101 - the caller looked
        try:
            self._check(name, words[1:])
        except CommandError:
            self._is_spoilt = True
            raise
        self._queued.append(words)
        return Simple("QUEUED")

    def _multi(self, _: list[bytes]) -> Any:
        if self._queued is not None:
            raise CommandError("ERR MULTI calls can not be nested")
        self._queued, self._is_spoilt = [], False
        return OK

    def _exec(self, _: list[bytes]) -> Any:
        queued, self._queued = self._queued, None
        watched, self._watched = self._watched, []
        if queued is None:
            raise CommandError("ERR EXEC without MULTI")
        if self._is_spoilt:
            raise CommandError("EXECABORT Transaction discarded because of previous errors.")
        if any(store.version(key) != version for store, key, version in watched):
            return None
        return [self._run(words) for words in queued]

    def _discard(self, _: list[bytes]) -> Any:
        if self._queued is None:
            raise CommandError("ERR DISCARD without MULTI")
        self._queued, self._watched = None, []
        return OK

    def _watch(self, args: list[bytes]) -> Any:
        if self._queued is not None:
            raise CommandError("ERR WATCH inside MULTI is not allowed")
        self._watched += [(self._store, key, self._store.version(key)) for key in args]
        return OK

    def _unwatch(self, _: list[bytes]) -> Any:
        self._watched = []
        return OK

    def _hello(self, args: list[bytes]) -> Any:
        if args:
            if args[0] not in (b"2", b"3"):
                raise CommandError("NOPROTO unsupported protocol version")
            self._version = int(args[0])
        return {
            b"server": b"redis",
            b"version": VERSION.encode(),
            b"proto": self._version,
            b"id": self._number,
            b"mode": b"standalone",
            b"role": b"master",
            b"modules": [],
        }

    def _select(self, args: list[bytes]) -> Any:
        number = integer(args[0])
        if not 0 <= number < DATABASES:
            raise CommandError("ERR DB index is out of range")
        self._store = self._server.stores[number]
        return OK

    def _client(self, args: list[bytes]) -> Any:
        word = args[0].upper()
        if word == b"SETNAME":
            self._name = args[1]
        elif word == b"GETNAME":
            return self._name or None
        elif word == b"ID":
            return self._number
        elif word != b"SETINFO":
            shown = args[0].decode("latin-1")[:128]
            raise CommandError(f"ERR unknown subcommand '{shown}'. Try CLIENT HELP.")
        return OK

    def _quit(self, _: list[bytes]) -> Any:
        self._send(OK)
        self._remote.finish()
        return _LATER

    def _ping(self, args: list[bytes]) -> Any:
        if self._subscriptions and self._version == 2:  # noqa: PLR2004
            return [b"pong", args[0] if args else b""]
        return args[0] if args else Simple("PONG")

    def _flush_all(self, _: list[bytes]) -> Any:
        for store in self._server.stores:
            store.clear()
        return OK

    def _publish(self, args: list[bytes]) -> Any:
        return self._server.publish(args[0], args[1])

    # ------------------------------------------------------------------------------------ channels

    def _subscribe(self, kind: str, args: list[bytes]) -> Any:
        channels = self._channels(kind)
        for name in args:
            services = channels.setdefault(name, [])
            if self not in services:
                services.append(self)
                self._subscriptions += 1
            self._send(Push((kind.encode(), name, self._subscriptions)))
        return _LATER

    def _unsubscribe_from(self, kind: str, args: list[bytes]) -> Any:
        channels = self._channels(kind)
        names = args or [name for name, services in channels.items() if self in services]
        for name in names:
            self._unsubscribe(channels, name)
            self._send(Push((kind.encode(), name, self._subscriptions)))
        if not names:
            self._send(Push((kind.encode(), None, self._subscriptions)))
        return _LATER

    def _channels(self, kind: str) -> "dict[bytes, list[RedisService]]":
        return self._server.patterns if kind.startswith("p") else self._server.channels

    def _unsubscribe(self, channels: "dict[bytes, list[RedisService]]", name: bytes) -> None:
        services = channels.get(name, [])
        if self in services:
            services.remove(self)
            self._subscriptions -= 1
        if not services:
            channels.pop(name, None)

    # --------------------------------------------------------------------------- waiting for lists

    def _blocking_pop(self, is_left: bool, args: list[bytes]) -> Any:
        *keys, limit = args
        seconds = redis_strings.real(limit)
        if seconds < 0:
            raise CommandError("ERR timeout is negative")
        store = self._store

        def attempt() -> Any:
            for key in keys:
                value = redis_collections.pop(store, key, is_left=is_left)
                if value is not None:
                    return [key, value]
            return None

        found = attempt()
        if found is not None or self._queued is not None:
            return found
        self._wait(attempt, seconds)
        return _LATER

    def _wait(self, attempt: Callable[[], Any], seconds: float) -> None:
        """Answer as soon as an attempt brings something, or None when the time is over."""
        self._answers.is_held = True

        def succeed() -> bool:
            if not self._remote.is_open:
                return True
            found = attempt()
            if found is not None:
                self._end_wait(found)
            return found is not None

        def give_up() -> None:
            if succeed in self._server.waiting:
                self._server.waiting.remove(succeed)
                self._end_wait(None)

        self._server.waiting.append(succeed)
        if seconds:
            self._server.host.world.after(round(seconds * _NS_PER_S), give_up)

    def _end_wait(self, value: Any) -> None:
        self._answers.is_held = False
        self._send(value)
        self._answers.go_on()
        self._finish_if_done()


Run = Callable[[RedisService, list[bytes]], Any]

_IN_TRANSACTION: Final = ("EXEC", "DISCARD", "MULTI", "WATCH", "QUIT")
_INFO: Final = f"# Server\r\nredis_version:{VERSION}\r\nredis_mode:standalone\r\n".encode()

_OF_CONNECTION: Final[dict[str, tuple[Run, int, int]]] = {
    "MULTI": (RedisService._multi, 0, 0),
    "EXEC": (RedisService._exec, 0, 0),
    "DISCARD": (RedisService._discard, 0, 0),
    "WATCH": (RedisService._watch, 1, MANY),
    "UNWATCH": (RedisService._unwatch, 0, 0),
    "HELLO": (RedisService._hello, 0, MANY),
    "AUTH": (lambda *_: OK, 1, 2),
    "SELECT": (RedisService._select, 1, 1),
    "CLIENT": (RedisService._client, 1, MANY),
    "QUIT": (RedisService._quit, 0, 0),
    "PING": (RedisService._ping, 0, 1),
    "ECHO": (lambda _, args: args[0], 1, 1),
    "INFO": (lambda *_: _INFO, 0, MANY),
    "FLUSHALL": (RedisService._flush_all, 0, 1),
    "PUBLISH": (RedisService._publish, 2, 2),
    "SUBSCRIBE": (lambda self, args: self._subscribe("subscribe", args), 1, MANY),
    "PSUBSCRIBE": (lambda self, args: self._subscribe("psubscribe", args), 1, MANY),
    "UNSUBSCRIBE": (lambda self, args: self._unsubscribe_from("unsubscribe", args), 0, MANY),
    "PUNSUBSCRIBE": (lambda self, args: self._unsubscribe_from("punsubscribe", args), 0, MANY),
    "BLPOP": (lambda self, args: self._blocking_pop(is_left=True, args=args), 2, MANY),
    "BRPOP": (lambda self, args: self._blocking_pop(is_left=False, args=args), 2, MANY),
}
"""What commands on the connection do, and how many arguments they take: at least, at most."""
