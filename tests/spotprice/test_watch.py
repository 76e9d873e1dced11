"""Watching: the board, the pace of asking, and a whole watch on a terminal, a pipe and as JSON."""

import asyncio
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from tests.spotprice.network.scripted import virtually

from spotprice.client import Survey
from spotprice.consensus import Tether
from spotprice.errors import TimedOutError, UnknownSymbolError
from spotprice.exchanges import EXCHANGES
from spotprice.quote import Answer, Quote
from spotprice.simulated.plan import Behaviour, Failure, Plan
from spotprice.simulated.running import World, simulated_exchanges
from spotprice.simulated.streams import CONNECTION, simulated_streams
from spotprice.symbol import Symbol
from spotprice.views.watch_view import Row, Sheet
from spotprice.watch import WatchOptions, watch
from spotprice.watch.board import TETHER_IN_DOLLARS, Board
from spotprice.watch.poll import ask_once, poll
from spotprice.watch.run import TETHER_EVERY_S, plan_errands

BITCOIN, ETHER, LITECOIN = (Symbol(base, "USD") for base in ("BTC", "ETH", "LTC"))
NOSUCH = Symbol("NOSUCH", "USD")
SECOND = 1_000_000_000
NOW_NS = 1_795_345_200 * SECOND


def a_quote(
    exchange: str, price: object, at_s: float = 0.0, symbol: Symbol = BITCOIN, currency: str = "USD"
) -> Quote:
    """Make a quote that came so many seconds after NOW_NS."""
    last = Decimal(str(price))
    at_ns = NOW_NS + round(at_s * SECOND)
    return Quote(exchange, symbol, currency, last, last, last, None, at_ns, at_ns, 5)


def put(board: Board, quote: Quote) -> None:
    """Put a quote onto a board when it came."""
    board.put(quote.symbol, quote.exchange, quote, quote.received_ns)


# ------------------------------------------------------------------------------------ the board


def test_the_last_quote_stays_beside_the_error_that_came_since() -> None:
    """A round that fails takes nothing away until the quote is stale; then the error counts."""
    board = Board(["kraken", "gemini", "coinbase"], [BITCOIN], interval_s=2)
    quotes = [a_quote(name, price) for name, price in (("kraken", 10), ("gemini", 10))]
    for quote in quotes:
        put(board, quote)
    late = TimedOutError("kraken", "no answer within 1 s")
    board.put(BITCOIN, "kraken", late, NOW_NS + SECOND)

    def stand(after_s: int) -> tuple[Row, Answer, tuple[str, ...]]:
        (sheet,) = board.sheets(NOW_NS + after_s * SECOND)
        return sheet.rows[0], sheet.market.answers["kraken"], sheet.market.consensus.used

    row = Row("kraken", quotes[0], late, 0, (Decimal(10),))
    assert stand(12) == (row, quotes[0], ("kraken", "gemini"))
    assert stand(13) == (row, late, ())


def test_what_has_not_come_yet_is_shown_as_nothing() -> None:
    """Before the first answer a row is empty, and the consensus knows why."""
    board = Board(["kraken"], [BITCOIN], interval_s=1)
    (sheet,) = board.sheets(NOW_NS)
    assert sheet.rows == (Row("kraken", None, None, 0, ()),)
    assert sheet.market.consensus.left_out == {"kraken": "no answer has come yet"}


def test_ways_and_recent_prices_go_from_one_interval_to_the_next() -> None:
    """Within an interval the last price counts, so that pushed prices do not flicker."""
    board = Board(["kraken"], [BITCOIN], interval_s=1)
    ways = []
    for at_s, price in ((0, 10), (0.5, 12), (1, 11), (1.2, 13), (2, 13), (3.1, 9)):
        put(board, a_quote("kraken", price, at_s))
        (sheet,) = board.sheets(NOW_NS + round(at_s * SECOND))
        ways.append((sheet.rows[0].change, [int(one) for one in sheet.rows[0].recent]))
        assert (sheet.change, sheet.recent) == (sheet.rows[0].change, sheet.rows[0].recent)
    assert ways == [
        (0, [10]),
        (0, [12]),
        (-1, [12, 11]),
        (1, [12, 13]),
        (0, [12, 13, 13]),
        (-1, [12, 13, 13, 9]),
    ]


def test_recent_prices_are_bounded() -> None:
    """A watch that runs for days keeps no more than a line of bars."""
    board = Board(["kraken"], [BITCOIN], interval_s=1)
    for second in range(500):
        put(board, a_quote("kraken", 1 + second, second))
    (sheet,) = board.sheets(NOW_NS)
    assert [int(one) for one in sheet.rows[0].recent] == [*range(441, 501)]


def test_the_tether_is_the_median_of_what_was_said_in_the_last_minutes() -> None:
    """It is kept longer than prices, since its markets are quiet, but not for ever."""
    board = Board(["okx"], [BITCOIN], interval_s=1)
    for name, price, at_s in (("coinbase", "0.99", 0), ("bitstamp", "1.01", 100)):
        put(board, a_quote(name, price, at_s, TETHER_IN_DOLLARS))
    put(board, a_quote("binance", "7", 0, TETHER_IN_DOLLARS, currency="USDT"))

    def rate(after_s: int) -> Tether | None:
        (sheet,) = board.sheets(NOW_NS + after_s * SECOND)
        return sheet.market.tether

    assert rate(300) == Tether(Decimal("1.00"), ("coinbase", "bitstamp"))
    assert rate(301) == Tether(Decimal("1.01"), ("bitstamp",))
    assert rate(401) is None


# ------------------------------------------------------------------------------- pace of asking


@dataclass
class Asked:
    """Answers every survey after some time, and notes it.

    Attributes:
        takes_s: How long every survey of an exchange takes.
        log: When (in the loop's time) whom for what.
    """

    takes_s: Mapping[str, float] = field(default_factory=dict)
    log: list[tuple[float, str, str]] = field(default_factory=list)

    async def __call__(
        self, exchanges: Sequence[str], symbols: Sequence[Symbol], deadline_s: float
    ) -> Survey:
        """Answer as ``Client.survey`` does."""
        (name,) = exchanges
        now_s = asyncio.get_running_loop().time()
        self.log.append((round(now_s, 6), name, " ".join(map(str, symbols))))
        await asyncio.sleep(min(self.takes_s.get(name, 0), deadline_s))
        quotes: dict[Symbol, dict[str, Answer]] = {
            symbol: {name: a_quote(name, 10, symbol=symbol, currency=symbol.quote)}
            for symbol in symbols
        }
        return Survey(quotes, None, NOW_NS, 0)


def polled(asked: Asked, errands: Mapping[str, Mapping[Symbol, float]], until_s: float) -> None:
    """Poll exchanges in virtual time."""

    def put(symbol: Symbol, exchange: str, answer: Answer) -> None:
        assert (answer.exchange, symbol.quote) == (exchange, "USD") or symbol.quote == "EUR"

    async def main() -> None:
        tasks = [
            asyncio.create_task(poll(asked, EXCHANGES[name], wanted, 1.0, put))
            for name, wanted in errands.items()
        ]
        await asyncio.sleep(until_s)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    virtually(main)


def test_kraken_is_asked_once_a_second_whatever_is_wanted_of_it() -> None:
    """Three markets every second make one of them a second in turn; none is forgotten."""
    asked = Asked({"kraken": 0.3})
    polled(asked, {"kraken": dict.fromkeys((BITCOIN, ETHER, LITECOIN), 1.0)}, 6.5)
    turn = ["BTC-USD", "ETH-USD", "LTC-USD"]
    assert asked.log == [(float(at), "kraken", turn[at % 3]) for at in range(7)]


def test_a_slow_exchange_holds_up_no_other() -> None:
    """One that never answers is asked again when its deadline is over; the rest go on in time."""
    asked = Asked({"gate": 9.0, "okx": 0.2})
    wanted = {BITCOIN: 0.5}
    polled(asked, {"gate": wanted, "okx": wanted}, 2.25)
    assert [at for at, name, _ in asked.log if name == "okx"] == [0, 0.5, 1, 1.5, 2]
    assert [at for at, name, _ in asked.log if name == "gate"] == [0, 1, 2]


def test_every_errand_has_its_own_pace() -> None:
    """The price of the tether is asked for seldom, together with what else is due."""
    asked = Asked()
    polled(asked, {"coinbase": {BITCOIN: 2.0, TETHER_IN_DOLLARS: 5.0}}, 8.5)
    assert [(at, what) for at, _, what in asked.log] == [
        (0, "BTC-USD USDT-USD"),
        (2, "BTC-USD"),
        (4, "BTC-USD"),
        (5, "USDT-USD"),
        (6, "BTC-USD"),
        (8, "BTC-USD"),
    ]


@pytest.mark.parametrize("name", EXCHANGES)
@pytest.mark.parametrize("count", [1, 3, 25])
def test_no_exchange_is_asked_more_than_it_allows(name: str, count: int) -> None:
    """However many markets are wanted how often, no window has more requests than it may."""
    asked = Asked()
    symbols = [Symbol(f"C{number}", "EUR") for number in range(count)]
    polled(asked, {name: dict.fromkeys(symbols, 0.05)}, 60)
    rate = EXCHANGES[name].rate
    at_s = [at for at, _, what in asked.log for _ in what.split()]
    assert len({what for _, _, whats in asked.log for what in whats.split()}) == count
    window = zip(at_s, at_s[rate.requests :], strict=False)
    assert all(last - first >= rate.seconds - 1e-6 for first, last in window)


def test_an_exchange_is_asked_in_its_own_currency() -> None:
    """Gate has no dollars: BTC-USD and BTC-USDT are one question, and both get its answer."""
    asked = Asked()
    told: list[tuple[Symbol, str, Symbol, str]] = []

    def take(symbol: Symbol, exchange: str, answer: Answer) -> None:
        assert isinstance(answer, Quote)
        told.append((symbol, exchange, answer.symbol, answer.currency))

    tether = Symbol("BTC", "USDT")
    virtually(lambda: ask_once(asked, EXCHANGES["gate"], [BITCOIN, tether], 1.0, take))
    assert asked.log == [(0.0, "gate", "BTC-USDT")]
    assert told == [(BITCOIN, "gate", BITCOIN, "USDT"), (tether, "gate", tether, "USDT")]


def an_order(**changed: object) -> WatchOptions:
    """Make options; keyword arguments replace what is usual."""
    usual: dict[str, object] = {
        "exchanges": ("coinbase", "gate"),
        "symbols": (BITCOIN,),
        "deadline_s": 1.0,
        "interval_s": 2.0,
        "is_stream": False,
        "as_json": False,
    }
    return WatchOptions(**{**usual, **changed})  # type: ignore[arg-type]


def test_who_is_asked_for_the_tether() -> None:
    """Only where a dollar price of one who quotes tether is wanted; also exchanges not watched."""
    wanted = {BITCOIN: 2.0}
    tether = {TETHER_IN_DOLLARS: TETHER_EVERY_S}
    assert plan_errands(an_order(), EXCHANGES) == {
        "coinbase": {**wanted, **tether},
        "gate": wanted,
        "bitstamp": tether,
        "gemini": tether,
    }
    pushed = plan_errands(an_order(is_stream=True), EXCHANGES)
    assert pushed == {
        "coinbase": {**wanted, **tether},
        "gate": wanted,
        "bitstamp": tether,
        "kraken": tether,
    }
    euros = an_order(symbols=(Symbol("BTC", "EUR"),))
    assert [*plan_errands(euros, EXCHANGES)] == ["coinbase", "gate"]
    dollars = an_order(exchanges=("coinbase", "kraken"))
    assert plan_errands(dollars, EXCHANGES) == {"coinbase": wanted, "kraken": wanted}


# --------------------------------------------------------------------------------- whole watches


IsEnough = Callable[[World, list[Sheet]], bool]


@dataclass
class Watched:
    """Watches simulated exchanges until there is enough, then ends it as a user would.

    Attributes:
        plan: How the exchanges behave.
        is_enough: Looks at the world, and at what is shown.
        ending: The signal that ends it.
        streamless: Exchanges without a stream.
        sheets: The last that were shown.
    """

    plan: Plan
    is_enough: IsEnough
    ending: signal.Signals = signal.SIGINT
    streamless: tuple[str, ...] = ()
    sheets: list[Sheet] = field(default_factory=list)

    def run(self, options: WatchOptions, monkeypatch: pytest.MonkeyPatch) -> int:
        """Watch; return the exit code."""
        with simulated_exchanges(self.plan) as world:
            return asyncio.run(self._watch(options, world, monkeypatch))

    async def _watch(
        self, options: WatchOptions, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> int:
        enough = asyncio.Event()
        make_sheets = Board.sheets

        def note(board: Board, now_ns: int) -> list[Sheet]:
            self.sheets = make_sheets(board, now_ns)
            if self.is_enough(world, self.sheets):
                enough.set()
            return self.sheets

        monkeypatch.setattr(Board, "sheets", note)
        streams = simulated_streams(world.exchanges)
        some = {name: one for name, one in streams.items() if name not in self.streamless}
        watching = asyncio.create_task(watch(options, world.exchanges, some))
        await asyncio.wait_for(enough.wait(), 20)
        os.kill(os.getpid(), self.ending)
        code = await watching
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return code


def test_a_watch_asks_again_and_again_and_ends_with_the_last_consensus(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lines come one an interval, in dollars; the exit code tells how it ended."""
    exchanges = ("coinbase", "bitstamp", "gate")
    options = an_order(exchanges=exchanges, interval_s=0.1, deadline_s=0.5)

    def is_enough(world: World, sheets: list[Sheet]) -> bool:
        rounds = [one.exchange for one in world.log].count("gate")
        return rounds >= 4 and sheets[0].market.consensus.used == exchanges

    watched = Watched(Plan(), is_enough)
    assert watched.run(options, monkeypatch) == 0
    assert watched.sheets[0].market.tether is not None
    lines = capsys.readouterr().out.splitlines()
    form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ BTC-USD [\d,.]+ USD (±|\+/-) [\d.]+, median of 3 of 3"
    assert lines
    assert [line for line in lines if not re.fullmatch(form, line)] == []


def test_a_watch_without_a_consensus_ends_with_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where everybody fails, JSON lines go on, and the end is no success."""
    failing = Plan(usual=Behaviour(failure_rate=1, failures=(Failure.SERVER,)))
    options = an_order(interval_s=0.1, deadline_s=0.2, as_json=True)
    watched = Watched(failing, lambda world, _: len(world.log) >= 20, signal.SIGTERM)
    assert watched.run(options, monkeypatch) == 1
    documents = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert documents
    for document in documents:
        (market,) = document["markets"]
        assert market["consensus"]["reached"] is False
        assert {one["error"] for one in market["exchanges"].values()} == {"server"}


def is_pushed(sheet: Sheet) -> bool:
    """Whether the last quote of every exchange came by its stream, and the tether too."""
    quotes = [row.quote for row in sheet.rows]
    return None not in quotes and not any(quote and quote.latency_ns for quote in quotes)


def test_a_watch_of_streams_shows_what_is_pushed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All ten push; what the first answer said not to exist is not listened for."""
    options = an_order(
        exchanges=tuple(EXCHANGES), symbols=(BITCOIN, NOSUCH), interval_s=0.2, is_stream=True
    )

    def is_enough(world: World, sheets: list[Sheet]) -> bool:
        connected = {one.exchange for one in world.log if one.market == CONNECTION}
        return connected == {*EXCHANGES} and is_pushed(sheets[0])

    watched = Watched(Plan(), is_enough)
    assert watched.run(options, monkeypatch) == 1  # nobody knows the second market
    bitcoin, nosuch = watched.sheets
    assert bitcoin.market.consensus.used == tuple(EXCHANGES)
    assert bitcoin.market.tether is not None
    # Kraken lets through one question a second, so its stream tells.
    assert {type(row.error) for row in nosuch.rows} == {UnknownSymbolError}
    assert capsys.readouterr().out


def test_an_exchange_without_a_stream_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where there is nothing to listen to, the watch of streams asks again and again."""
    options = an_order(interval_s=0.1, deadline_s=0.5, is_stream=True, as_json=True)

    def is_enough(world: World, sheets: list[Sheet]) -> bool:
        asked = [one for one in world.log if one.exchange == "gate" and one.market != CONNECTION]
        return len(asked) >= 3 and sheets[0].market.consensus.reached

    watched = Watched(Plan(), is_enough, streamless=("gate",))
    assert watched.run(options, monkeypatch) == 0
    coinbase, gate = watched.sheets[0].rows
    assert coinbase.quote is not None
    assert gate.quote is not None
    assert (coinbase.quote.latency_ns == 0, gate.quote.latency_ns > 0) == (True, True)
    assert capsys.readouterr().out


def test_a_watch_on_a_terminal_leaves_it_as_it_was() -> None:
    """It draws on the second screen without clearing it, and goes back; the last table stays."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "spotprice", "BTC-USD", "--watch", "--simulated"]
    command += ["--latency", "1ms", "--failures", "0%", "--exchanges", "coinbase,okx,gate"]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, env=environment
    ) as process:
        os.close(slave)
        output = b""
        while output.count(b"Ctrl-C ends") < 4 and select.select([master], [], [], 20)[0]:
            output += os.read(master, 65_536)
        process.send_signal(signal.SIGINT)
        while select.select([master], [], [], 20)[0]:
            try:
                output += os.read(master, 65_536)
            except OSError:  # what Linux says at the end of a terminal
                break
        assert process.wait(20) == 0
    os.close(master)
    before, _, rest = output.partition(b"\x1b[?1049h")
    drawn, _, after = rest.partition(b"\x1b[?1049l")
    assert before.strip() == b""
    assert drawn.count(b"Ctrl-C ends") >= 4
    assert b"\x1b[2J" not in drawn[10:]
    assert b"\x1b[?25l" in rest
    assert output.rindex(b"\x1b[?25h") > output.rindex(b"\x1b[?25l")
    assert b"Coinbase" in after
    assert b"Traceback" not in output


def test_a_watch_into_a_pipe_that_is_closed_ends() -> None:
    """``spotprice ... | head -1`` does not go on for ever, nor with a traceback."""
    command = [sys.executable, "-m", "spotprice", "BTC-USD", "--watch", "--simulated"]
    command += ["--latency", "1ms", "--failures", "0%", "--interval", "50ms", "--deadline", "200ms"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"BTC-USD" in process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(20) == 1
