"""``spotprice simulate`` runs until it is interrupted, and says its mistakes in one sentence."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner

from spotprice.cli.simulate import command
from spotprice.exchanges import EXCHANGES
from spotprice.simulated.latency import parse_latency
from spotprice.simulated.plan import Behaviour, Failure, Plan

PROGRAM = "from spotprice.cli.simulate import command; command()"


@contextmanager
def simulate(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run the command in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_interrupted(number: signal.Signals) -> None:
    """With --json the first line has every address; a signal ends it with exit code 0."""
    with simulate("--json", "--seed", "3", "--latency", "1ms") as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        for one in said["exchanges"]:
            with urlopen(Request(one["example"], headers={"User-Agent": "x"})) as answer:  # noqa: S310
                assert answer.status == 200
        process.send_signal(number)
        assert process.communicate() == ("", "")
        assert process.returncode == 0
    assert said["seed"] == 3
    assert [(one["id"], one["name"], len(one["hosts"])) for one in said["exchanges"]] == [
        (one.id, one.name, len(one.hosts)) for one in EXCHANGES.values()
    ]


def test_the_table_tells_how_each_venue_behaves_and_how_to_try_it() -> None:
    """Without --json there is a line an address, a command to try, and how to end it."""
    arguments = ("--latency", "1ms", "--venue", "kraken:latency=2ms,failures=50%,kind=reset")
    with simulate(*arguments) as process:
        assert process.stdout is not None
        lines: list[str] = []
        while not lines or not lines[-1].startswith("End"):
            lines.append(process.stdout.readline().rstrip())
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0
    table = {line.split()[0]: line.split()[1:] for line in lines if line and line[0].islower()}
    assert list(table) == list(EXCHANGES)
    assert table["kraken"][1:] == ["2ms", "50%", "reset"]
    assert table["gemini"][1:] == ["1ms", "none"]
    address = table["binance"][0]
    assert f"Try:  curl '{address}/api/v3/ticker/24hr?symbol=BTCUSDT'" in lines
    assert lines[-1] == "End:  Ctrl-C"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--latency", "2"], "'--latency': \"2\" is no latency"),
        (["--failures", "2"], "'--failures': \"2\" is no failure rate"),
        (["--venue", "kraken:latency=2"], "'--venue': \"2\" is no latency"),
        (["--venue", "bob:latency=2s"], "'--venue': \"bob\" is no exchange"),
        (["--port-base", "65530"], "'--port-base': There is no port 65536"),
        (["--port-base", "70000"], "'--port-base': 70000 is not in the range"),
    ],
)
def test_mistakes_are_said_with_exit_code_2(arguments: list[str], says: str) -> None:
    """A wrong value names its option and what to write."""
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert says in result.output
    assert "Traceback" not in result.output


def test_the_plan_is_what_the_options_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seed, latency, failures and venues become the plan; a venue's name may be anybody's."""
    plans = []

    async def note(plan: Plan, port_base: int, *, as_json: bool) -> None:
        plans.append((plan, port_base, as_json))

    monkeypatch.setattr("spotprice.cli.simulate._run", note)
    options = "--seed 5 --latency 2ms --failures 25% --port-base 9000"
    venues = ["--venue", "Kraken:kind=html", "--venue", "okx:failures=0%"]
    assert CliRunner().invoke(command, [*options.split(), *venues]).exit_code == 0
    usual = Behaviour(parse_latency("2ms"), 0.25)
    assert plans == [
        (
            Plan(
                5,
                usual,
                {
                    "kraken": Behaviour(usual.latency, 0.25, (Failure.HTML,)),
                    "okx": Behaviour(usual.latency, 0.0),
                },
            ),
            9000,
            False,
        )
    ]
