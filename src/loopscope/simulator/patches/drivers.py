"""Refuses libraries whose sockets are in C: they pass by everything that is simulated.

No function of Python and no audit event tells of what they send. So the functions through which
they connect are replaced: where they are loaded already, and else as soon as they are.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Final

from loopscope.simulator.patches.escape import Escapes
from loopscope.simulator.patches.install import Replacement, replace_late

_ADVICE: Final = "Use a client in pure Python, or let a stand-in take its place."

CONNECTS: Final = {
    "aiodns": ("DNSResolver.__init__",),
    "MySQLdb": ("Connect", "Connection", "connect"),
    "confluent_kafka.cimpl": ("Consumer.poll", "Producer.produce"),
    "curl_cffi.aio": ("AsyncCurl.add_handle",),
    "curl_cffi.curl": ("Curl.perform",),
    "grpc": ("insecure_channel", "secure_channel", "server"),
    "grpc.aio._channel": ("insecure_channel", "secure_channel"),
    "grpc.aio._server": ("server",),
    "psycopg.generators": ("connect",),
    "psycopg2._psycopg": ("_connect",),
    "pycurl": ("Curl.perform", "CurlMulti.perform", "CurlMulti.socket_action"),
    "pymssql._pymssql": ("connect",),
    "pyodbc": ("connect",),
    "zmq.sugar.socket": ("Socket.bind", "Socket.connect"),
}
"""By module: the functions and methods through which it reaches a network."""


_AIOHTTP: Final = "aiohttp.resolver"
"""Asks for addresses through a library in C where that is installed, and can do without it."""

_SEEN_TO: Final = {*CONNECTS, _AIOHTTP}


class Drivers:
    """The libraries in C that one simulation refuses.

    Args:
        escapes: Told of every attempt.
    """

    def __init__(self, escapes: Escapes) -> None:
        self._escapes = escapes

    def patches(self) -> Iterator[Replacement]:
        """Yield what refuses the libraries that are loaded already."""
        for name in _SEEN_TO:
            if name in sys.modules:  # of which there are many
                yield from self._replacements(sys.modules[name])

    @contextmanager
    def late(self) -> Iterator[None]:
        """Refuse also what is imported while the block runs."""
        sys.meta_path.insert(0, self)
        try:
            yield
        finally:
            if self in sys.meta_path:
                sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find one of the libraries, as Python does, and see to it when it is loaded."""
        if fullname not in _SEEN_TO:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self._see_to)  # type: ignore[assignment]
        return spec

    def _see_to(self, module: ModuleType) -> None:
        for replacement in self._replacements(module):
            replace_late(*replacement)

    def _replacements(self, module: ModuleType) -> Iterator[Replacement]:
        if module.__name__ == _AIOHTTP:
            if vars(module)["DefaultResolver"] is not vars(module)["ThreadedResolver"]:
                yield module, "DefaultResolver", _resolver(module)
            return
        library = module.__name__.partition(".")[0]

        def refuse(*_: Any, **__: Any) -> Any:
            what = f"reaches a network through {library}, a library in C"
            raise self._escapes.refuse(what, _ADVICE)

        for place in CONNECTS[module.__name__]:
            *owners, name = place.split(".")
            owner: Any = module
            for one in owners:
                owner = getattr(owner, one, None)
            if hasattr(owner, name):  # not every version has all of them
                yield owner, name, refuse


def _resolver(module: Any) -> type:
    """Return what asks the simulated name service, however it is made."""

    class DefaultResolver(module.ThreadedResolver):  # type: ignore[misc]  # of no known type
        def __init__(self, *_: Any, **__: Any) -> None:
            super().__init__()

    return DefaultResolver


class _Loader:
    """Loads a module as another loader does, and then tells somebody."""

    def __init__(self, loader: Any, done: Callable[[ModuleType], None]) -> None:
        self._loader = loader
        self._done = done

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Make the module."""
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Run it; afterwards nothing of this loader is left in it."""
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._done(module)
