"""What all connections to one simulated Redis share."""

from collections.abc import Callable

from loopscope.simulator.hosts.model import LiveHost
from loopscope.simulator.hosts.redis.channels import Channels
from loopscope.simulator.hosts.redis.scripting import Scripts
from loopscope.simulator.hosts.redis.settings import Settings
from loopscope.simulator.hosts.redis.store import DATABASES, Store


class RedisServer:
    """A Redis.

    Args:
        host: The host.

    Attributes:
        stores: Its databases.
        channels: Who has subscribed to what.
        scripts: The scripts that were loaded.
        settings: What ``CONFIG`` shows and changes.
    """

    def __init__(self, host: LiveHost) -> None:
        self.host = host
        self.stores = [
            Store(host.world, host.world.random("redis", host.name, number))
            for number in range(DATABASES)
        ]
        self.channels = Channels()
        self.scripts = Scripts(host)
        self.settings = Settings()
        self._waiting: list[Callable[[], bool]] = []
        self._connections = 0
        for key, value in host.description.data.items():
            self.stores[0].put(key.encode(), value.encode())

    def count_connection(self) -> int:
        """Return the number of a new connection, from 1."""
        self._connections += 1
        return self._connections

    def add_waiting(self, attempt: Callable[[], bool]) -> None:
        """Let somebody wait, who tries whenever something may have changed.

        Args:
            attempt: Tries; where there is something, ends the waiting, and then returns True.
        """
        self._waiting.append(attempt)

    def end_waiting(self, attempt: Callable[[], bool]) -> bool:
        """Let somebody wait no more; returns whether they did."""
        if attempt not in self._waiting:
            return False
        self._waiting.remove(attempt)
        return True

    def try_waiting(self) -> None:
        """Something may have changed: let those who wait try, in the order of their arrival.

        What one of them gets may bring something to another: they try until nobody gets anything.
        """
        while any(one in self._waiting and one() for one in self._waiting[:]):
            pass
