"""Help that helps, and mistakes that are told in one sentence with exit code 2."""

import re

import pytest
from tests.spotprice.cli.command import run, spotprice

from spotprice.cli import verbs
from spotprice.cli.prices import command
from spotprice.exchanges import EXCHANGES


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "There is no symbol: name at least one, as in 'spotprice BTC-USD'."),
        (["BTC"], '"BTC" is no symbol: write two codes with a dash, as in BTC-USD.'),
        (["BTC-USD", "exchanges"], '"exchanges" is no symbol: write two codes with a dash, as in'),
        (["BTC-USD", "--deadline", "soon"], '"soon" is no time for --deadline: write 1s,'),
        (["BTC-USD", "--watch", "--interval", "0"], '"0" is no time for --interval: write 1s,'),
        (["BTC-USD", "--exchanges", "mtgox"], '"mtgox" is no exchange that spotprice knows:'),
        (["BTC-USD", "--exchanges", "okx,"], '"" is no exchange that spotprice knows:'),
        (["BTC-USD", "--simulated", "--failures", "2"], '"2" is no failure rate: write a percent'),
        (["BTC-USD", "--simulated", "--latency", "1"], '"1" is no latency: write 500ms,'),
        (["BTC-USD", "--simulated", "--seed", "x"], "Invalid value for '--seed': 'x' is not a"),
        (["BTC-USD", "--seed", "1"], "--seed says nothing without --simulated: add --simulated."),
        (["BTC-USD", "--latency", "1ms"], "--latency says nothing without --simulated: add"),
        (["BTC-USD", "--failures", "1%"], "--failures says nothing without --simulated: add"),
        (["BTC-USD", "--interval", "1s"], "--interval says nothing without --watch: add --watch."),
        (["BTC-USD", "--stream"], "--stream says nothing without --watch: add --watch."),
        (["BTC-USD", "--nothing"], "No such option"),
        (["exchanges", "BTC-USD"], "Got unexpected extra argument (BTC-USD). 'spotprice exchanges"),
        (["BTC-\x1b[2J"], '"BTC-?[2J" is no symbol'),
    ],
)
def test_mistakes(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake is one sentence that says what to do; nothing is asked of anybody."""
    assert verbs.run(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"spotprice: {sentence}")
    assert told.err.endswith(".\n")
    assert told.err.count("\n") == 1


def test_help_has_everything(capsys: pytest.CaptureFixture[str]) -> None:
    """The help names every option and every verb, and shows examples, in 80 columns."""
    assert verbs.run(["--help"]) == 0
    told = capsys.readouterr().out
    options = [name for one in command.params for name in (*one.opts, *one.secondary_opts)]
    for name in [*(one for one in options if one.startswith("--")), *verbs.VERBS]:
        assert name in told, name
    for words in ("Examples:", "spotprice BTC-USD --json", "Exit code:"):
        assert words in told
    assert max(map(len, told.splitlines())) <= 80


def test_the_version() -> None:
    """--version tells the command's name and version."""
    done = spotprice("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("spotprice, version ")


def test_the_exchanges() -> None:
    """The list has every exchange, and needs no network library."""
    code = "import sys; sys.modules['aiohttp'] = None; from spotprice.cli import main; "
    done = run("-c", f"{code} sys.argv[1:] = ['exchanges']; sys.exit(main())")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in done.stdout.splitlines() if line[0] != " "] == [
        "id",
        *EXCHANGES,
    ]


def test_without_aiohttp() -> None:
    """Where the network library is missing, one sentence says how to get it."""
    code = "import sys; sys.modules['aiohttp'] = None; from spotprice.cli import main; "
    done = run("-c", f"{code} sys.argv[1:] = ['BTC-USD']; sys.exit(main())")
    assert (done.returncode, done.stdout) == (2, "")
    wanted = "spotprice: aiohttp is missing: install it with pip install 'loopscope[spotprice]'."
    assert done.stderr == f"{wanted}\n"


def test_another_module_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing module of another name is no mistake of the user, and not taken for aiohttp."""

    def missing(name: str) -> None:
        raise ModuleNotFoundError(name, name="yarl")

    monkeypatch.setattr(verbs, "import_module", missing)
    with pytest.raises(ModuleNotFoundError, match=re.escape("spotprice.cli.prices")):
        verbs.run(["BTC-USD"])
