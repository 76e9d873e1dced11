"""All described hosts of a world, found by name and port."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from loopscope.simulator.hosts.decided import DecidedHost
from loopscope.simulator.hosts.description import Description
from loopscope.simulator.hosts.draws import Draws
from loopscope.simulator.hosts.http_answers import Answers
from loopscope.simulator.hosts.http_service import HTTPService
from loopscope.simulator.hosts.latency import Constant
from loopscope.simulator.hosts.model import LiveHost, Report, Serve
from loopscope.simulator.hosts.steer import Steer
from loopscope.simulator.hosts.tcp_service import TCPService
from loopscope.simulator.hosts.wildcard import matches
from loopscope.simulator.world import World

if TYPE_CHECKING:
    from loopscope.simulator.hosts.redis.server import RedisServer
    from loopscope.simulator.hosts.redis.service import RedisService

_BESIDE: Final = ("localhost", "127.0.0.1", "::1")
"""How a world calls the machine that the program runs on."""


class HostDirectory:
    """The hosts that a world describes.

    A name that is described exactly goes before one with ``*``, a port that is given before none;
    among equals the first counts.

    Args:
        descriptions: The hosts.
        draws: Decides what they leave to chance; None lets the seed of the world decide.
        steer: Hears of every request, and may change what comes of it.
    """

    def __init__(
        self,
        descriptions: Iterable[Description],
        draws: Draws | None = None,
        steer: Steer | None = None,
    ) -> None:
        every = list(descriptions)
        for one in every:
            _prepare(one)
        self._draws = draws
        self._steer = steer
        self._exact: dict[str, list[Description]] = {}
        self._patterns = [one for one in every if "*" in one.name]
        for one in every:
            if "*" not in one.name:
                self._exact.setdefault(one.name, []).append(one)
        self._hosts: dict[tuple[str, int], LiveHost] = {}
        self._found: dict[tuple[str, int | None], LiveHost | None] = {}
        self._world: World | None = None
        self._report: Report = lambda _: None

    def attach(self, world: World, report: Report) -> None:
        """Let the hosts live in a world, and report what is wrong with their descriptions."""
        self._world = world
        self._report = report

    def add(self, description: Description) -> None:
        """Describe one more host, which goes before those that were described already."""
        _prepare(description)
        if "*" in description.name:
            self._patterns.insert(0, description)
        else:
            self._exact.setdefault(description.name, []).insert(0, description)

    def find(self, name: str, port: int | None) -> LiveHost | None:
        """Return who answers under a name at a port (None: at any port); None if nobody does."""
        try:
            return self._found[name, port]
        except KeyError:
            found = self._found[name, port] = self._look_for(name, port)
            return found

    def find_beside(self, port: int) -> LiveHost | None:
        """Return who is described as running on the program's own machine, at a port.

        Only by name: what answers for every host does not stand for a server that was not started.
        """
        for name in _BESIDE:
            if any(one.port in (None, port) for one in self._exact.get(name, ())):
                return self.find(name, port)
        return None

    def _look_for(self, name: str, port: int | None) -> LiveHost | None:
        described = self._describe(name, port)
        if described is None or self._world is None:
            return None
        key = (name, id(described))
        host = self._hosts.get(key)
        if host is None:
            host = self._hosts[key] = self._make(self._world, name, described)
            host.serve = _SERVICES[described.kind](host)
            host.steer = self._steer
        return host

    def _make(self, world: World, name: str, described: Description) -> LiveHost:
        if self._draws is None:
            return LiveHost(world, name, described, self._report)
        return DecidedHost(world, name, described, self._report, self._draws)

    def _describe(self, name: str, port: int | None) -> Description | None:
        candidates = self._exact.get(name, [])
        if self._patterns:
            candidates = candidates + [one for one in self._patterns if matches(one.name, name)]
        for one in candidates:
            if one.port == port and port is not None:
                return one
        return next((one for one in candidates if port is None or one.port is None), None)


def stub_host(latency_ns: int) -> Description:
    """Return a host that answers under every name: 200, with an empty JSON object."""
    return Description("*", latency=Constant(latency_ns))


def _http(host: LiveHost) -> Serve:
    return partial(HTTPService, host, Answers(host))


def _redis(host: LiveHost) -> Serve:
    server, service = _redis_classes()
    return partial(service, server(host))


def _prepare(description: Description) -> None:
    """Import what a host needs: when it first answers, the import would take the world's time."""
    if description.kind == "redis":
        _redis_classes()


def _redis_classes() -> "tuple[type[RedisServer], type[RedisService]]":
    """Return what makes a simulated Redis, which only worlds with one import."""
    from loopscope.simulator.hosts.redis.server import RedisServer  # noqa: PLC0415  (as said)
    from loopscope.simulator.hosts.redis.service import RedisService  # noqa: PLC0415

    return RedisServer, RedisService


def _tcp(host: LiveHost) -> Serve:
    return partial(TCPService, host)


_SERVICES: Final[dict[str, Callable[[LiveHost], Serve]]] = {
    "http": _http,
    "redis": _redis,
    "tcp": _tcp,
}
