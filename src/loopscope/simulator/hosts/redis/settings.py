"""The settings of a simulated Redis, as ``CONFIG`` shows and changes them."""

from typing import Any, Final

from loopscope.simulator.hosts.redis.protocol import OK
from loopscope.simulator.hosts.redis.store import DATABASES, CommandError, glob
from loopscope.simulator.hosts.redis.words import Arguments

_NOTICES: Final = b"notify-keyspace-events"
_FIRST: Final = {
    b"appendonly": b"no",
    b"databases": b"%d" % DATABASES,
    b"maxmemory": b"0",
    b"maxmemory-policy": b"noeviction",
    _NOTICES: b"",
    b"save": b"",
    b"timeout": b"0",
}


class Settings:
    """What ``CONFIG SET`` has set; none of it changes anything that it does."""

    def __init__(self) -> None:
        self._values = dict(_FIRST)

    def config(self, args: Arguments) -> Any:
        """Return what ``CONFIG`` answers.

        Raises:
            CommandError: It asks for something else, or for messages on keys that change, which
                would never come.
        """
        word, words = args[0].upper(), args[1:]
        if word == b"GET" and words:
            patterns = [glob(one.lower()) for one in words]
            return {
                name: value
                for name, value in self._values.items()
                if any(pattern.fullmatch(name) for pattern in patterns)
            }
        if word != b"SET" or not words or len(words) % 2:
            shown = args[0].decode("latin-1")[:128]
            raise CommandError(f"ERR unknown subcommand '{shown}'. Try CONFIG HELP.")
        given = dict(zip([one.lower() for one in words[::2]], words[1::2], strict=True))
        if given.get(_NOTICES):
            raise CommandError(
                "ERR CONFIG SET failed: the simulated Redis sends no messages on keys that change"
            )
        self._values.update(given)
        return OK
