"""A watch from its beginning to its end."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass

from spotprice.client import TETHER_SOURCES, Client
from spotprice.exchanges.base import Exchange
from spotprice.network.transport import make_session
from spotprice.quote import Answer
from spotprice.streams import STREAMS
from spotprice.streams.base import Stream
from spotprice.streams.feed import Feed
from spotprice.symbol import Symbol
from spotprice.watch.board import TETHER_IN_DOLLARS, Board
from spotprice.watch.options import WatchOptions
from spotprice.watch.poll import poll
from spotprice.watch.push import push
from spotprice.watch.screen import Screen, open_screen

TETHER_EVERY_S = 10.0
"""How often the price of the tether is asked for: it hardly moves."""

_TETHER_STREAMS = ("coinbase", "bitstamp", "kraken")
_ENDINGS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class _Sources:
    """Where prices come from.

    Attributes:
        exchanges: What can be asked, by id.
        streams: What can be listened to, by the exchange's id.
    """

    exchanges: Mapping[str, Exchange]
    streams: Mapping[str, Stream]


async def watch(
    options: WatchOptions,
    exchanges: Mapping[str, Exchange],
    streams: Mapping[str, Stream] = STREAMS,
) -> int:
    """Show markets on the standard output until Ctrl-C or SIGTERM comes.

    Args:
        options: What to watch.
        exchanges: What can be asked, by id.
        streams: What can be listened to, by the exchange's id. An exchange without a stream is
            asked again and again in its stead.

    Returns:
        The exit code: 0 if there was a consensus on every market at the end, else 1.

    Raises:
        OSError: The output cannot be written; a ``BrokenPipeError`` where nobody reads it.
    """
    board = Board(options.exchanges, options.symbols, options.interval_s)
    failure = None
    with _until_told() as told, open_screen(options, exchanges) as screen:
        async with _working(options, _Sources(exchanges, streams), board):
            try:
                await _show(board, screen, told)
            except OSError as error:  # raised below: in here it would become part of a group
                failure = error
    if failure is not None:
        raise failure
    sheets = board.sheets(time.time_ns())
    return 0 if all(sheet.market.consensus.reached for sheet in sheets) else 1


@contextmanager
def _until_told() -> Iterator[asyncio.Event]:
    """Provide an event that Ctrl-C and SIGTERM set, instead of ending the process."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    caught = []
    for number in _ENDINGS:
        # Not everywhere: Windows has no such handlers, threads other than the main one neither.
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, told.set)
            caught.append(number)
    try:
        yield told
    finally:
        for number in caught:
            loop.remove_signal_handler(number)


async def _show(board: Board, screen: Screen, told: asyncio.Event) -> None:
    """Show the board again and again."""
    wait_s = screen.first_s
    while True:
        try:
            async with asyncio.timeout(wait_s):
                await told.wait()
        except TimeoutError:
            screen.show(board.sheets(time.time_ns()))
            wait_s = screen.every_s
        else:
            return


@asynccontextmanager
async def _working(options: WatchOptions, sources: _Sources, board: Board) -> AsyncIterator[None]:
    """Let prices come onto the board while the context lasts."""

    def put(symbol: Symbol, exchange: str, answer: Answer) -> None:
        board.put(symbol, exchange, answer, time.time_ns())

    async with Client(sources.exchanges) as client, make_session() as session:
        deadline_s = options.deadline_s

        def begin(name: str, errands: Mapping[Symbol, float]) -> Coroutine[None, None, None]:
            exchange = sources.exchanges[name]
            if options.is_stream and name in sources.streams:
                feed = Feed(sources.streams[name], exchange, tuple(errands))
                return push(client.survey, session, feed, deadline_s, put)
            return poll(client.survey, exchange, errands, deadline_s, put)

        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(begin(name, errands), name=f"watch {name}")
                for name, errands in plan_errands(options, sources.exchanges).items()
            ]
            yield
            for task in tasks:
                task.cancel()


def plan_errands(
    options: WatchOptions, exchanges: Mapping[str, Exchange]
) -> dict[str, dict[Symbol, float]]:
    """Say who is asked for what, and how often in seconds.

    Where a dollar price is wanted of an exchange that quotes tether, the price of the tether is
    wanted too, of exchanges that have dollars.
    """
    errands = {
        name: dict.fromkeys(options.symbols, options.interval_s) for name in options.exchanges
    }
    needs_tether = any(
        symbol.quote == "USD" and exchanges[name].spelling.currency(symbol) == "USDT"
        for name in options.exchanges
        for symbol in options.symbols
    )
    if needs_tether:
        for name in _TETHER_STREAMS if options.is_stream else TETHER_SOURCES:
            if name in exchanges:
                errands.setdefault(name, {}).setdefault(TETHER_IN_DOLLARS, TETHER_EVERY_S)
    return errands
