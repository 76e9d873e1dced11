"""Running simulated exchanges: in a thread of their own, or within a loop that runs already."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType

from spotprice.errors import UsageError
from spotprice.exchanges import EXCHANGES
from spotprice.exchanges.base import Exchange
from spotprice.simulated.plan import Plan
from spotprice.simulated.venue import Round, Served, Stage, Venue
from spotprice.simulated.voices import VOICES

_LOOPBACK = "127.0.0.1"
_MOST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class World:
    """Simulated exchanges that are running.

    Attributes:
        exchanges: The exchanges as they are really, but at addresses on this machine. A mirror has
            an address of its own and is the same venue: attempts are counted together.
    """

    exchanges: Mapping[str, Exchange]
    _stage: Stage

    @property
    def plan(self) -> Plan:
        """The plan that is being played."""
        return self._stage.round.plan

    @property
    def log(self) -> tuple[Served, ...]:
        """The requests of this plan that reached an open port, in order; the last 200,000."""
        return tuple(self._stage.round.log)

    def play(self, plan: Plan) -> None:
        """Go on with another plan, at the same addresses: attempts and log begin anew.

        A request that is still being served keeps its fate and is in no log any more.

        Raises:
            UsageError: Other venues than before refuse every connection: ports are opened and
                closed only at the beginning.
        """
        if _closed(self.exchanges, plan) != _closed(self.exchanges, self.plan):
            raise UsageError("A venue's port cannot be opened or closed while exchanges run.")
        self._stage.round = Round(plan)


def _closed(exchanges: Mapping[str, Exchange], plan: Plan) -> set[str]:
    return {name for name in exchanges if plan.behaviour(name).is_closed}


@asynccontextmanager
async def serve(
    plan: Plan,
    *,
    exchanges: Mapping[str, Exchange] = EXCHANGES,
    port_base: int = 0,
    clock_ns: Callable[[], int] = time.time_ns,
) -> AsyncIterator[World]:
    """Run simulated exchanges in the running loop while the context lasts.

    Args:
        plan: How they behave.
        exchanges: Which ones, with as many hosts as are to be simulated.
        port_base: The first of the ports, which follow one another in the order of the exchanges
            and their hosts; 0 lets the system choose.
        clock_ns: The time since 1970 that the exchanges go by.

    Raises:
        UsageError: A port is taken or cannot be, or an exchange is not one that can be simulated.
    """
    from spotprice.simulated.server import listen  # noqa: PLC0415 - the web server loads slowly

    stage = Stage(plan, clock_ns)
    async with AsyncExitStack() as stack:
        ports = {}
        for name, sockets in _bind(exchanges, port_base).items():
            ports[name] = sockets
            for one in sockets:
                stack.callback(one.close)
        for name in exchanges:
            if not plan.behaviour(name).is_closed:
                venue = Venue(VOICES[name], stage)
                await stack.enter_async_context(listen(venue, ports[name]))
        yield World(_moved(exchanges, ports), stage)


@contextmanager
def simulated_exchanges(
    plan: Plan,
    *,
    exchanges: Mapping[str, Exchange] = EXCHANGES,
    port_base: int = 0,
    clock_ns: Callable[[], int] = time.time_ns,
) -> Iterator[World]:
    """Run simulated exchanges in a thread with a loop of its own, as ``serve`` does.

    The caller's loop sees nothing of them but their sockets, exactly as it sees real exchanges.

    Raises:
        UsageError: As ``serve``.
    """
    begun: Future[tuple[World, Callable[[], None]]] = Future()

    async def run() -> None:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        running = serve(plan, exchanges=exchanges, port_base=port_base, clock_ns=clock_ns)
        try:
            async with running as world:
                begun.set_result((world, lambda: _wake(loop, over)))
                await over.wait()
        except BaseException as error:
            if begun.done():
                raise
            begun.set_exception(error)

    thread = threading.Thread(
        target=lambda: asyncio.run(run()), name="simulated exchanges", daemon=True
    )
    thread.start()
    world, end = begun.result()
    try:
        yield world
    finally:
        end()
        thread.join()


def _wake(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    loop.call_soon_threadsafe(event.set)


def _bind(
    exchanges: Mapping[str, Exchange], port_base: int
) -> Mapping[str, tuple[socket.socket, ...]]:
    """Bind a socket to a port for every host of every exchange; all of them or none."""
    unknown = [name for name in exchanges if name not in VOICES]
    if unknown:
        raise UsageError(f"{', '.join(unknown)} cannot be simulated: choose from {_names()}.")
    bound: dict[str, tuple[socket.socket, ...]] = {}
    opened: list[socket.socket] = []
    try:
        for name, exchange in exchanges.items():
            first = len(opened)
            for _ in exchange.hosts:
                opened.append(_bind_one(port_base + len(opened) if port_base else 0))
            bound[name] = tuple(opened[first:])
    except BaseException:
        for one in opened:
            one.close()
        raise
    return bound


def _names() -> str:
    return ", ".join(VOICES)


def _bind_one(port: int) -> socket.socket:
    if port > _MOST_PORT:
        raise UsageError(f"There is no port {port}: let the ports begin at a lower one.")
    one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if port:  # may be in use by connections of a server that has ended
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind((_LOOPBACK, port))
    except OSError as error:
        one.close()
        raise UsageError(
            f"Port {port} cannot be used ({error.strerror}): let the ports begin at another one."
        ) from error
    return one


def _moved(
    exchanges: Mapping[str, Exchange], ports: Mapping[str, Sequence[socket.socket]]
) -> Mapping[str, Exchange]:
    return MappingProxyType(
        {
            name: replace(
                exchange,
                hosts=tuple(f"http://{_LOOPBACK}:{one.getsockname()[1]}" for one in ports[name]),
            )
            for name, exchange in exchanges.items()
        }
    )
