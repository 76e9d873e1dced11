"""One connection to an exchange's stream, from connecting until it ends."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress

import aiohttp
from yarl import URL

from spotprice.errors import (
    BadResponseError,
    ConnectError,
    ExchangeError,
    NetworkError,
    TimedOutError,
    UnknownSymbolError,
)
from spotprice.exchanges.base import Json, Reply
from spotprice.exchanges.refusal import make_error, page_fault
from spotprice.network.transport import explain_failure, proxy_for
from spotprice.quote import Answer
from spotprice.streams.base import Event, Farewell, Reject, Send, Update
from spotprice.streams.feed import Clock, Feed, OnAnswer
from spotprice.streams.merge import Market
from spotprice.streams.wire import MOST_MESSAGE_BYTES, decode
from spotprice.symbol import Symbol

_CONNECT_S = 10.0
_CLOSE_S = 0.05  # for the other side's part of closing: nobody waits for it
_LONGEST_MARKET = 64  # characters


class _OverError(Exception):
    """The connection is over; with the reason, unless the exchange asked for a new one."""

    def __init__(self, trouble: ExchangeError | None) -> None:
        super().__init__()
        self.trouble = trouble


class Line:
    """Some markets of one exchange over one connection at a time.

    Args:
        feed: What is followed.
        markets: As many of its markets as go over one connection, as the stream writes them.
        on_answer: What is told every answer.
        clock: Tells the time of answers.
    """

    def __init__(
        self, feed: Feed, markets: Mapping[str, Symbol], on_answer: OnAnswer, clock: Clock
    ) -> None:
        self._feed = feed
        self._stream = feed.stream
        self._exchange = feed.exchange
        self._written = {market.upper(): market for market in markets}
        self._symbols = {market.upper(): symbol for market, symbol in markets.items()}
        self._states = {
            symbol: Market(feed.exchange, symbol, feed.known.get(symbol))
            for symbol in markets.values()
        }
        self._unheard: set[str] = set()
        self._on_answer = on_answer
        self._clock = clock

    @property
    def symbols(self) -> list[Symbol]:
        """The markets that are still asked for: all but those that do not exist."""
        return list(self._symbols.values())

    async def converse(self, session: aiohttp.ClientSession, attempt: int) -> ExchangeError | None:
        """Connect, subscribe, and pass on what comes until the connection ends.

        Args:
            session: What connects.
            attempt: How many connections failed just before; chooses the host.

        Returns:
            Why it ended; None where the exchange asked for a new connection, and where no
            market is left to ask for.
        """
        try:
            socket = await self._connect(session, attempt)
        except _OverError as over:
            return over.trouble
        self._begin()
        async with socket:
            talking = asyncio.create_task(self._talk(socket), name=f"{self._stream.id} talk")
            try:
                await self._listen(socket)
            except _OverError as over:
                return over.trouble
            finally:
                talking.cancel()
                await asyncio.wait([talking])
                if not talking.cancelled():
                    talking.result()
        return None

    def _begin(self) -> None:
        """Forget what an interruption makes untrue."""
        self._unheard = set(self._symbols)
        for market in self._states.values():
            market.forget_book()

    async def _connect(
        self, session: aiohttp.ClientSession, attempt: int
    ) -> aiohttp.ClientWebSocketResponse:
        url = URL(self._stream.address(list(self._written.values()), attempt), encoded=True)
        try:
            async with asyncio.timeout(_CONNECT_S):
                return await session.ws_connect(
                    url,
                    max_msg_size=MOST_MESSAGE_BYTES,
                    timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_S),
                    proxy=proxy_for(url.host or ""),
                )
        except aiohttp.WSServerHandshakeError as error:
            raise _OverError(self._explain_refusal(error)) from error
        except TimeoutError as error:
            reason = f"no connection to {url.host} within {_CONNECT_S:g} s"
            raise _OverError(ConnectError(self._exchange.id, reason)) from error
        except (aiohttp.ClientError, OSError) as error:
            raise _OverError(explain_failure(self._exchange.id, error)) from error

    async def _talk(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Subscribe, then say now and then what keeps the connection alive."""
        with suppress(_OverError):  # whoever listens will hear of it too
            wanted = tuple(self._written.values())
            for message in self._stream.subscribe(wanted, self._clock.now_ns()):
                await self._say(socket, message)
                await asyncio.sleep(self._stream.pause_s)
            patience_s = self._stream.silence_s
            while True:
                await asyncio.sleep(self._stream.ping_s)
                if self._stream.ping is not None:
                    await self._say(socket, self._stream.ping(self._clock.now_ns()))
                patience_s -= self._stream.ping_s
                if patience_s <= 0:
                    self._report_unheard()

    async def _say(self, socket: aiohttp.ClientWebSocketResponse, message: Json) -> None:
        text = message if isinstance(message, str) else json.dumps(message)
        try:
            async with asyncio.timeout(self._stream.silence_s):  # it may not read what we say
                await socket.send_str(text)
        except (aiohttp.ClientError, OSError) as error:
            raise _OverError(self._network_error("the connection broke")) from error

    def _report_unheard(self) -> None:
        """Say once of which markets nothing has come since they were subscribed."""
        for key in self._unheard:
            waited_s = self._stream.silence_s
            about = f"nothing came about {self._written[key]} within {waited_s:g} s"
            reason = f"{about}: it may have no such market"
            self._on_answer(self._symbols[key], TimedOutError(self._exchange.id, reason))
        self._unheard.clear()

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Take messages until the connection is over, or nothing is left to listen for."""
        while self._symbols:
            try:
                async with asyncio.timeout(self._stream.silence_s):
                    message = await socket.receive()
            except TimeoutError as error:
                reason = f"its stream said nothing for {self._stream.silence_s:g} s"
                raise _OverError(self._network_error(reason)) from error
            if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                await self._take(self._read(message.data), socket)
            elif message.type is aiohttp.WSMsgType.ERROR:
                raise _OverError(self._explain_error(message.data))
            else:
                reason = f"its stream was closed with code {socket.close_code}"
                raise _OverError(self._network_error(reason))
            await asyncio.sleep(0)  # receive() does not wait while there are more

    def _read(self, data: str | bytes) -> Sequence[Event]:
        if data == self._stream.pong:
            return ()
        try:
            message = decode(data, is_gzip=self._stream.is_gzip)
        except ValueError as error:
            reason = "its stream said something that is not JSON"
            raise _OverError(BadResponseError(self._exchange.id, reason)) from error
        return self._stream.read(message, self._clock.now_ns())

    async def _take(self, events: Sequence[Event], socket: aiohttp.ClientWebSocketResponse) -> None:
        """Do what one message asks for. It makes one quote of a market, whatever it says of it."""
        answers: dict[Symbol, Answer] = {}
        for event in events:
            if isinstance(event, Update):
                self._take_update(event, answers)
            elif isinstance(event, Reject):
                self._take_reject(event)
            elif isinstance(event, Send):
                await self._say(socket, event.message)
            elif isinstance(event, Farewell):
                raise _OverError(None)
        for symbol, answer in answers.items():
            self._on_answer(symbol, answer)

    def _take_update(self, update: Update, answers: dict[Symbol, Answer]) -> None:
        """Add to what is known of a market; what was not asked for is passed over."""
        key = update.market[:_LONGEST_MARKET].upper()
        symbol = self._symbols.get(key)
        if symbol is None:
            return
        self._unheard.discard(key)
        answer = self._states[symbol].take(update, self._clock.now_ns())
        if answer is not None:
            answers[symbol] = answer

    def _take_reject(self, reject: Reject) -> None:
        """Pass a refusal on, and do not ask again for what does not exist."""
        error = reject.kind(self._exchange.id, reject.reason)
        if (key := self._rejected(reject)) is not None:
            self._on_answer(self._symbols[key], error)
            self._unheard.discard(key)
            if isinstance(error, UnknownSymbolError):
                del self._symbols[key], self._written[key]
        elif reject.market is None:  # any that is still waited for can be meant
            for unheard in self._unheard:
                self._on_answer(self._symbols[unheard], error)

    def _rejected(self, reject: Reject) -> str | None:
        """Find out which market is meant: the one named, or the longest in the words."""
        if reject.market is not None:
            key = reject.market[:_LONGEST_MARKET].upper()
            return key if key in self._symbols else None
        words = reject.reason.upper()
        return max((key for key in self._symbols if key in words), key=len, default=None)

    def _explain_refusal(self, error: aiohttp.WSServerHandshakeError) -> ExchangeError:
        """Say what an HTTP answer instead of a connection amounts to."""
        reply = Reply(error.status, error.headers or {}, b"")
        kind = self._stream.statuses.get(error.status) or page_fault(self._exchange, reply)[0]
        fault = kind, f"HTTP status {error.status} instead of a stream"
        now_ns = self._clock.now_ns()
        return make_error(self._exchange, self.symbols[0], fault, reply, now_ns)

    def _explain_error(self, error: object) -> ExchangeError:
        if isinstance(error, aiohttp.WebSocketError):
            if error.code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG:
                reason = "its stream sent a message that is longer than a megabyte"
            else:
                reason = "its stream broke the rules of WebSocket"
            return BadResponseError(self._exchange.id, reason)
        return self._network_error("the connection broke")

    def _network_error(self, reason: str) -> NetworkError:
        return NetworkError(self._exchange.id, reason)
