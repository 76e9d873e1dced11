"""What a simulated Redis does on one connection."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from loopscope.errors import SimulationError
from loopscope.simulator.hosts.description import Failure
from loopscope.simulator.hosts.in_order import InOrder
from loopscope.simulator.hosts.redis.channels import CHANNEL, PATTERN
from loopscope.simulator.hosts.redis.commands import BLOCKING, COMMANDS, READING
from loopscope.simulator.hosts.redis.protocol import (
    OK,
    CommandReader,
    Fault,
    ProtocolError,
    Push,
    Simple,
    encode,
)
from loopscope.simulator.hosts.redis.server import RedisServer
from loopscope.simulator.hosts.redis.session import INFO, Session
from loopscope.simulator.hosts.redis.store import WRONG_TYPE, CommandError, Store
from loopscope.simulator.hosts.redis.transaction import Transaction
from loopscope.simulator.hosts.redis.words import MANY, Arguments
from loopscope.simulator.hosts.steer import Asked
from loopscope.simulator.network.remote import RemoteEnd

_LATER: Final = object()
"""What a command returns whose answer comes when something happens."""

_NS_PER_S: Final = 1_000_000_000


class RedisService:
    """One connection. Every command takes the host's latency; answers come in order.

    Args:
        server: What connections share.
        remote: The host's end.
    """

    def __init__(self, server: RedisServer, remote: RemoteEnd) -> None:
        self._server = server
        self._remote = remote
        self._session = Session(server.count_connection())
        self._reader = CommandReader()
        self._transaction = Transaction()
        self._answers = InOrder()
        self._has_ended = False

    @property
    def _store(self) -> Store:
        return self._server.stores[self._session.database]

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
        self._remote.send(encode(Push(values), self._session.version))

    def _finish_if_done(self) -> None:
        if self._has_ended and self._answers.is_empty():
            self._leave()
            self._remote.finish()

    def _leave(self) -> None:
        self._server.channels.leave(self)

    def _answer(self, words: Arguments, failure: Failure | None) -> None:
        if failure is not None:
            if failure.kind == "reset":
                self._leave()
                self._remote.reset()
            self._answers.is_held = True  # whatever comes after it is lost as well
        elif self._remote.is_open:
            value = self._run(words)
            if value is not _LATER:
                self._send(value)
            self._server.try_waiting()
            self._finish_if_done()

    def _send(self, value: Any) -> None:
        self._remote.send(encode(value, self._session.version))

    # -------------------------------------------------------------------------------- the commands

    def _run(self, words: Arguments) -> Any:
        """Return what a command answers, or ``_LATER``."""
        name, args = words[0].decode("latin-1").upper(), words[1:]
        try:
            if self._transaction.is_open() and name not in _IN_TRANSACTION:
                return self._queue(name, words)
            return self._execute(name, args)
        except CommandError as error:
            return Fault(str(error))

    def _execute(self, name: str, args: Arguments, *, may_wait: bool = True) -> Any:
        self._check(name, args)
        if name in COMMANDS:
            return COMMANDS[name][0](self._store, args)
        if name in BLOCKING:
            return self._block(name, args, may_wait=may_wait)
        return _OF_CONNECTION[name][0](self, args)

    def _check(self, name: str, args: Arguments) -> None:
        """Refuse a command that is not known, or has the wrong number of arguments."""
        known = COMMANDS.get(name) or BLOCKING.get(name) or _OF_CONNECTION.get(name)
        if known is None:
            self._server.host.report(
                SimulationError(
                    f"The program sends the command {name[:40]!r} to the simulated Redis "
                    f"{self._server.host.name}, which does not know it; it got an error.",
                    slug="redis-command",
                )
            )
            shown = "".join(f"'{one.decode('latin-1')[:128]}' " for one in args[:20])
            raise CommandError(
                f"ERR unknown command '{name[:128]}', with args beginning with: {shown}"
            )
        if not known[1] <= len(args) <= known[2]:
            raise CommandError(f"ERR wrong number of arguments for '{name.lower()}' command")

    # --------------------------------------------------------------------------------- transactions

    def _queue(self, name: str, words: Arguments) -> Any:
        try:
            self._check(name, words[1:])
        except CommandError:
            self._transaction.spoil()
            raise
        self._transaction.add(words)
        return Simple("QUEUED")

    def _multi(self, _: Arguments) -> Any:
        self._transaction.begin()
        return OK

    def _exec(self, _: Arguments) -> Any:
        queued = self._transaction.end()
        return None if queued is None else [self._run_queued(words) for words in queued]

    def _run_queued(self, words: Arguments) -> Any:
        try:
            return self._execute(words[0].decode("latin-1").upper(), words[1:], may_wait=False)
        except CommandError as error:
            return Fault(str(error))

    def _discard(self, _: Arguments) -> Any:
        self._transaction.discard()
        return OK

    def _watch(self, args: Arguments) -> Any:
        self._transaction.watch(self._store, args)
        return OK

    def _unwatch(self, _: Arguments) -> Any:
        self._transaction.unwatch()
        return OK

    # ------------------------------------------------------------------------------ the connection

    def _config(self, args: Arguments) -> Any:
        return self._server.settings.config(args)

    def _quit(self, _: Arguments) -> Any:
        self._send(OK)
        self._remote.finish()
        return _LATER

    def _ping(self, args: Arguments) -> Any:
        if self._session.version == 2 and self._server.channels.count(self):  # noqa: PLR2004
            return [b"pong", args[0] if args else b""]
        return args[0] if args else Simple("PONG")

    def _flush_all(self, _: Arguments) -> Any:
        for store in self._server.stores:
            store.clear()
        return OK

    # ------------------------------------------------------------------------------------- scripts

    def _eval(self, args: Arguments) -> Any:
        return self._evalsha([self._server.scripts.load(args[0]), *args[1:]])

    def _evalsha(self, args: Arguments) -> Any:
        return self._server.scripts.run(args[0], args[1:], self._execute_in_script)

    def _execute_in_script(self, name: str, args: Arguments) -> Any:
        if name in _OF_CONNECTION and name not in _IN_SCRIPT:
            raise CommandError("ERR This Redis command is not allowed from script")
        return self._execute(name, args, may_wait=False)

    def _script(self, args: Arguments) -> Any:
        return self._server.scripts.manage(args)

    # ------------------------------------------------------------------------------------ channels

    def _publish(self, args: Arguments) -> Any:
        return self._server.channels.publish(args[0], args[1])

    def _pubsub(self, args: Arguments) -> Any:
        return self._server.channels.tell(args)

    def _subscribe(self, kind: str, args: Arguments) -> Any:
        channels = self._server.channels
        for name in args:
            channels.subscribe(kind, name, self)
            self._send(Push((kind.encode(), name, channels.count(self))))
        return _LATER

    def _unsubscribe(self, kind: str, args: Arguments) -> Any:
        channels = self._server.channels
        word = kind.replace("sub", "unsub").encode()
        names = args or channels.names_of(kind, self)
        for name in names:
            channels.unsubscribe(kind, name, self)
            self._send(Push((word, name, channels.count(self))))
        if not names:
            self._send(Push((word, None, channels.count(self))))
        return _LATER

    # ------------------------------------------------------------------------------------- waiting

    def _block(self, name: str, args: Arguments, *, may_wait: bool) -> Any:
        """Answer when there is something, or None when the time is over."""
        wait = BLOCKING[name][0](self._store, args)
        found = wait.attempt()
        if found is not None or wait.seconds is None or not may_wait:
            return found
        self._answers.is_held = True

        def succeed() -> bool:
            found = _attempted(wait.attempt) if self._remote.is_open else _LATER
            if found is None:
                return False
            self._server.end_waiting(succeed)  # first: its next command may bring it more
            if found is not _LATER:
                self._end_wait(found)
            return True

        def give_up() -> None:
            if self._server.end_waiting(succeed):
                self._end_wait(None)

        self._server.add_waiting(succeed)
        if wait.seconds:
            self._server.host.world.after(math.ceil(wait.seconds * _NS_PER_S), give_up)
        return _LATER

    def _end_wait(self, value: Any) -> None:
        self._answers.is_held = False
        self._send(value)
        self._answers.go_on()
        self._finish_if_done()


def _attempted(attempt: Callable[[], Any]) -> Any:
    """Return what somebody who waits gets: None as long as a key has a value of another kind."""
    try:
        return attempt()
    except CommandError as error:
        return None if str(error) == WRONG_TYPE else Fault(str(error))


Run = Callable[[RedisService, Arguments], Any]

_IN_TRANSACTION: Final = ("EXEC", "DISCARD", "MULTI", "WATCH", "QUIT")
_IN_SCRIPT: Final = ("PUBLISH", "PING", "ECHO")

_OF_CONNECTION: Final[dict[str, tuple[Run, int, int]]] = {
    "MULTI": (RedisService._multi, 0, 0),
    "EXEC": (RedisService._exec, 0, 0),
    "DISCARD": (RedisService._discard, 0, 0),
    "WATCH": (RedisService._watch, 1, MANY),
    "UNWATCH": (RedisService._unwatch, 0, 0),
    "HELLO": (lambda self, args: self._session.hello(args), 0, MANY),
    "AUTH": (lambda *_: OK, 1, 2),
    "SELECT": (lambda self, args: self._session.select(args), 1, 1),
    "CLIENT": (lambda self, args: self._session.client(args), 1, MANY),
    "CONFIG": (RedisService._config, 2, MANY),
    "QUIT": (RedisService._quit, 0, 0),
    "PING": (RedisService._ping, 0, 1),
    "ECHO": (lambda _, args: args[0], 1, 1),
    "INFO": (lambda *_: INFO, 0, MANY),
    "FLUSHALL": (RedisService._flush_all, 0, 1),
    "EVAL": (RedisService._eval, 2, MANY),
    "EVALSHA": (RedisService._evalsha, 2, MANY),
    "SCRIPT": (RedisService._script, 1, MANY),
    "PUBLISH": (RedisService._publish, 2, 2),
    "PUBSUB": (RedisService._pubsub, 1, MANY),
    "SUBSCRIBE": (lambda self, args: self._subscribe(CHANNEL, args), 1, MANY),
    "PSUBSCRIBE": (lambda self, args: self._subscribe(PATTERN, args), 1, MANY),
    "UNSUBSCRIBE": (lambda self, args: self._unsubscribe(CHANNEL, args), 0, MANY),
    "PUNSUBSCRIBE": (lambda self, args: self._unsubscribe(PATTERN, args), 0, MANY),
}
"""What commands on the connection do, and how many arguments they take: at least, at most."""
