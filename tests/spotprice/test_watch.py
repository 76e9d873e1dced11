"""Whole watches of simulated exchanges: on a terminal, into a pipe, as JSON, by streams."""

import asyncio
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from spotprice.errors import UnknownSymbolError
from spotprice.exchanges import EXCHANGES
from spotprice.simulated.plan import Behaviour, Failure, Plan
from spotprice.simulated.running import World, simulated_exchanges
from spotprice.simulated.streams import CONNECTION, simulated_streams
from spotprice.symbol import Symbol
from spotprice.views.watch_view import Sheet
from spotprice.watch import WatchOptions, watch
from spotprice.watch.board import TETHER_IN_DOLLARS, Board
from spotprice.watch.run import TETHER_EVERY_S, plan_errands

BITCOIN, NOSUCH = Symbol("BTC", "USD"), Symbol("NOSUCH", "USD")


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
    """All ten push; a market that the first answer or the stream says not to exist does not."""
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
