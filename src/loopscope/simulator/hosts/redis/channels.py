"""Who has subscribed to which channels and patterns, and bringing messages to them."""

from typing import Any, Final, Protocol

from loopscope.simulator.hosts.redis.store import CommandError, glob
from loopscope.simulator.hosts.redis.words import Arguments

CHANNEL: Final = "subscribe"
PATTERN: Final = "psubscribe"


class Subscriber(Protocol):
    """A connection that gets messages."""

    def push(self, *values: bytes) -> None:
        """Send a message."""


class Channels:
    """The channels of one Redis."""

    def __init__(self) -> None:
        self._subscribers: dict[str, dict[bytes, list[Subscriber]]] = {CHANNEL: {}, PATTERN: {}}

    def subscribe(self, kind: str, name: bytes, who: Subscriber) -> None:
        """Let a connection hear of a channel or of all that a pattern fits."""
        subscribers = self._subscribers[kind].setdefault(name, [])
        if who not in subscribers:
            subscribers.append(who)

    def unsubscribe(self, kind: str, name: bytes, who: Subscriber) -> None:
        """Let a connection hear no more of a channel or pattern."""
        subscribers = self._subscribers[kind].get(name, [])
        if who in subscribers:
            subscribers.remove(who)
        if not subscribers:
            self._subscribers[kind].pop(name, None)

    def leave(self, who: Subscriber) -> None:
        """Let a connection hear of nothing any more."""
        for kind in (CHANNEL, PATTERN):
            for name in self.names_of(kind, who):
                self.unsubscribe(kind, name, who)

    def names_of(self, kind: str, who: Subscriber) -> list[bytes]:
        """Return the channels, or the patterns, that a connection has subscribed to."""
        return [name for name, found in self._subscribers[kind].items() if who in found]

    def count(self, who: Subscriber) -> int:
        """Return to how many channels and patterns a connection has subscribed."""
        return sum(len(self.names_of(kind, who)) for kind in (CHANNEL, PATTERN))

    def publish(self, channel: bytes, message: bytes) -> int:
        """Bring a message to the subscribers of a channel; returns how many there are."""
        count = 0
        for subscriber in self._subscribers[CHANNEL].get(channel, []):
            subscriber.push(b"message", channel, message)
            count += 1
        for pattern, subscribers in self._subscribers[PATTERN].items():
            if glob(pattern).fullmatch(channel):
                for subscriber in subscribers:
                    subscriber.push(b"pmessage", pattern, channel, message)
                count += len(subscribers)
        return count

    def tell(self, args: Arguments) -> Any:
        """Return what ``PUBSUB`` answers.

        Raises:
            CommandError: It asks for something else.
        """
        word, names = args[0].upper(), args[1:]
        channels = self._subscribers[CHANNEL]
        if word == b"CHANNELS":
            pattern = glob(names[0] if names else b"*")
            return [name for name in channels if pattern.fullmatch(name)]
        if word == b"NUMSUB":
            return [one for name in names for one in (name, len(channels.get(name, [])))]
        if word == b"NUMPAT":
            return len(self._subscribers[PATTERN])
        shown = args[0].decode("latin-1")[:128]
        raise CommandError(f"ERR unknown subcommand '{shown}'. Try PUBSUB HELP.")
