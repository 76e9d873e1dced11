"""A transaction of one connection: what it has queued, and the keys that it watches."""

from loopscope.simulator.hosts.redis.store import CommandError, Store
from loopscope.simulator.hosts.redis.words import Arguments


class Transaction:
    """What ``MULTI``, ``EXEC``, ``DISCARD``, ``WATCH`` and ``UNWATCH`` keep."""

    def __init__(self) -> None:
        self._queued: list[Arguments] | None = None
        self._is_spoilt = False
        self._watched: list[tuple[Store, bytes, int]] = []

    def is_open(self) -> bool:
        """Whether commands are queued at present."""
        return self._queued is not None

    def begin(self) -> None:
        """Queue what comes.

        Raises:
            CommandError: It does already.
        """
        if self._queued is not None:
            raise CommandError("ERR MULTI calls can not be nested")
        self._queued, self._is_spoilt = [], False

    def add(self, words: Arguments) -> None:
        """Queue a command; call it only while the transaction is open."""
        assert self._queued is not None  # noqa: S101 - said above
        self._queued.append(words)

    def spoil(self) -> None:
        """A command was wrong: nothing of it will be done."""
        self._is_spoilt = True

    def end(self) -> list[Arguments] | None:
        """Return what is to be done now; None if a watched key has changed.

        Raises:
            CommandError: There is no transaction, or it is spoilt.
        """
        queued, self._queued = self._queued, None
        if queued is None:
            raise CommandError("ERR EXEC without MULTI")
        watched, self._watched = self._watched, []
        if self._is_spoilt:
            raise CommandError("EXECABORT Transaction discarded because of previous errors.")
        if any(store.version(key) != version for store, key, version in watched):
            return None
        return queued

    def discard(self) -> None:
        """Forget it.

        Raises:
            CommandError: There is none.
        """
        if self._queued is None:
            raise CommandError("ERR DISCARD without MULTI")
        self._queued, self._watched = None, []

    def watch(self, store: Store, keys: Arguments) -> None:
        """Do nothing of the next transaction if one of these keys changes before.

        Raises:
            CommandError: The transaction has begun already.
        """
        if self._queued is not None:
            raise CommandError("ERR WATCH inside MULTI is not allowed")
        self._watched += [(store, key, store.version(key)) for key in keys]

    def unwatch(self) -> None:
        """Watch no key any more."""
        self._watched = []
