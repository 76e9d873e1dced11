"""``spotprice SYMBOL...`` from start to exit, on simulated exchanges or none."""

import asyncio
import gc
import json
from collections.abc import Iterator, Mapping

import pytest
from tests.spotprice.cli.command import QUICK, run, spotprice

from spotprice.cli import main, prices, verbs
from spotprice.exchanges import EXCHANGES
from spotprice.exchanges.base import Exchange
from spotprice.simulated.plan import Behaviour, Failure, Plan
from spotprice.simulated.running import simulated_exchanges
from spotprice.streams.base import Stream
from spotprice.symbol import Symbol
from spotprice.watch import WatchOptions


@pytest.fixture(autouse=True)
def _garbage_is_still_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that ends leaves garbage to the system; the process of the tests goes on."""
    monkeypatch.setattr(gc, "freeze", lambda: None)


@pytest.fixture
def _answering(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Behind the real exchanges' names are simulated ones: Kraken fails, OKX is another market."""
    failing = {
        "kraken": Behaviour(failure_rate=1, failures=(Failure.MAINTENANCE,)),
        "okx": Behaviour(failure_rate=1, failures=(Failure.UNKNOWN_SYMBOL,)),
    }
    with simulated_exchanges(Plan(venues=failing)) as world:
        monkeypatch.setattr(prices, "EXCHANGES", world.exchanges)
        yield


def test_a_table_for_each_symbol() -> None:
    """Two symbols are two tables of plain text within 80 columns, and a consensus on each is 0."""
    # Kraken is not among them: it allows no second request within the second.
    names = ("--exchanges", "coinbase,okx,bybit,gate")
    done = spotprice("BTC-USD", "ETH-USD", *names, *QUICK)
    assert (done.returncode, done.stderr) == (0, "")
    for symbol in ("BTC-USD", "ETH-USD"):
        assert f"{symbol}: 4 of 4 exchanges answered" in done.stdout
    assert done.stdout.count("median of 4 of 4 exchanges") == 2
    assert done.stdout.count("tether     1 USDT = ") == 2
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "\x1b" not in done.stdout


def test_a_document() -> None:
    """--json is one document with every exchange asked, and nothing else."""
    done = spotprice("BTC-USD", "--json", "--exchanges", "Coinbase,okx,kraken", *QUICK)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert (told["format"], told["version"]) == ("spotprice", 1)
    (market,) = told["markets"]
    assert market["consensus"]["reached"] is True
    assert list(market["exchanges"]) == ["coinbase", "okx", "kraken"]
    assert [one["currency"] for one in market["exchanges"].values()] == ["USD", "USDT", "USD"]
    assert set(told["tether"]["sources"]) <= {"coinbase", "bitstamp", "gemini"}


def test_no_consensus_is_1() -> None:
    """Where every request fails, everybody's error is told, and the exit code is 1."""
    options = ("--simulated", "--latency", "0ms", "--failures", "100%", "--deadline", "300ms")
    done = spotprice("BTC-USD", *options)
    assert (done.returncode, done.stderr) == (1, "")
    assert "BTC-USD: 0 of 10 exchanges answered" in done.stdout
    assert done.stdout.count("✗") == 10
    assert "consensus  none: there is no quote that counts" in done.stdout


def test_no_market_is_1() -> None:
    """A market that exists nowhere is no consensus, told by each exchange in its own way."""
    done = spotprice("NOSUCH-USD", "--json", *QUICK)
    assert done.returncode == 1
    (market,) = json.loads(done.stdout)["markets"]
    assert {one["error"] for one in market["exchanges"].values()} == {"unknown-symbol"}


@pytest.mark.usefixtures("_answering")
def test_the_usual_exchanges_are_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """Without --simulated the exchanges' own addresses are asked; failures harm nobody else."""
    assert verbs.run(["BTC-USD"]) == 0
    told = capsys.readouterr().out
    assert "BTC-USD: 8 of 10 exchanges answered" in told
    assert "median of 8 of 10 exchanges" in told
    lines = {line.split()[1]: line for line in told.splitlines() if line[:1] == "✗"}
    assert set(lines) == {"Kraken", "OKX"}
    assert "maintenance: " in lines["Kraken"]
    assert "unknown symbol: " in lines["OKX"]


def test_ascii_and_colours() -> None:
    """Only ASCII goes where only ASCII can; colours go to terminals, unless NO_COLOR is set."""
    done = spotprice("BTC-USD", *QUICK, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert "+ Binance " in done.stdout
    terminal = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "80"}
    colour = "\x1b[1;38;"
    assert colour in spotprice("BTC-USD", *QUICK, **terminal).stdout
    assert colour not in spotprice("BTC-USD", *QUICK, **terminal, NO_COLOR="1").stdout


def test_ctrl_c_is_130() -> None:
    """Ctrl-C while exchanges are asked ends the process without a word, with exit code 130."""
    code = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it is ignored
import spotprice.client
async def survey(*arguments):
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.Event().wait()
import asyncio
spotprice.client.Client.survey = survey
from spotprice.cli import main
sys.argv[1:] = ["BTC-USD"]
sys.exit(main())
"""
    done = run("-c", code)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "")


def test_ctrl_c_while_loading_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C that comes before anything has begun is the same."""

    def interrupted(arguments: list[str]) -> int:  # noqa: ARG001
        raise KeyboardInterrupt

    monkeypatch.setattr(verbs, "run", interrupted)
    assert main() == 130


def test_a_reader_that_has_seen_enough() -> None:
    """Where nobody reads the output any more, as with `head`, there is no traceback."""
    code = """
import os, sys
read, write = os.pipe()
os.close(read)
os.dup2(write, 1)
from spotprice.cli import main
sys.exit(main())
"""
    for option in ((), ("--json",)):
        done = run("-c", code, "BTC-USD", *QUICK, *option)
        assert (done.returncode, done.stderr) == (1, "")


def test_a_stuck_look_up_does_not_hold_the_process() -> None:
    """Where names are never found, everybody times out and the process ends all the same."""
    code = """
import socket, sys, threading
socket.getaddrinfo = lambda *given, **named: threading.Event().wait()
from spotprice.cli import main
sys.argv[1:] = ["BTC-USD", "--json", "--deadline", "200ms"]
sys.exit(main())
"""
    done = run("-c", code, ALL_PROXY="", all_proxy="", HTTPS_PROXY="", https_proxy="")
    assert (done.returncode, done.stderr) == (1, "")
    (market,) = json.loads(done.stdout)["markets"]
    assert {one["error"] for one in market["exchanges"].values()} == {"timeout"}


@pytest.mark.parametrize("world", ["--live", "--simulated"])
def test_watching_gets_the_options(world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """--watch hands over what was meant, and whom to ask; its exit code is the command's."""
    seen: list[tuple[WatchOptions, Mapping[str, Exchange], Mapping[str, Stream]]] = []

    async def watch(
        options: WatchOptions, exchanges: Mapping[str, Exchange], streams: Mapping[str, Stream]
    ) -> int:
        await asyncio.sleep(0)
        seen.append((options, exchanges, streams))
        return 1

    monkeypatch.setattr("spotprice.watch.watch", watch)
    options = ["--watch", "--stream", "--interval", "2s", "--deadline", "500ms", "--json", world]
    assert verbs.run(["BTC-USD", "--exchanges", "okx", *options]) == 1
    ((given, exchanges, streams),) = seen
    assert given == WatchOptions(
        exchanges=("okx",),
        symbols=(Symbol("BTC", "USD"),),
        deadline_s=0.5,
        interval_s=2.0,
        is_stream=True,
        as_json=True,
    )
    is_outside = [
        not host.startswith(("http://127.0.0.1:", "ws://127.0.0.1:"))
        for host in (
            *(host for one in exchanges.values() for host in one.hosts),
            *(host for one in streams.values() for host in one.hosts),
        )
    ]
    assert set(is_outside) == {world == "--live"}
    assert set(exchanges) == set(streams) == set(EXCHANGES)
