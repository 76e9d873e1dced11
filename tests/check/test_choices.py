"""Recording and forcing what the hosts of a simulated run leave to chance."""

import asyncio
from typing import Any

import pytest

from loopscope import Host
from loopscope.check.case import Case
from loopscope.check.choices import Choice, Choices, ordinal
from loopscope.check.guidance import choices_of
from loopscope.simulator.costs import parse_costs
from loopscope.simulator.run import Settings, Simulation

LOGNORMAL = {"lognormal": {"median": "10ms", "sigma": 0.7}}
CHANCY = Host(
    "api.example.com",
    latency=LOGNORMAL,
    connect={"uniform": ["1ms", "3ms"]},
    dns={"normal": {"mean": "2ms", "deviation": "1ms"}},
    tls="1ms",
    failures={"refuse": 0.1, "reset": 0.1, 503: 0.2, "dns": 0.1},
    answer="fine",
)


async def ask(path: str) -> str:
    """Ask the host once, and return what came of it and when."""
    try:
        reader, writer = await asyncio.open_connection("api.example.com", 80)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = (await reader.read()).split(b"\r\n")[0].decode()
        writer.close()
    except OSError as error:
        answer = type(error).__name__
    return f"{path} {answer} at {asyncio.get_running_loop().time():.9f}"


async def several() -> list[str]:
    """Ask five times at once."""
    return list(await asyncio.gather(*(ask(f"/{number}") for number in range(5))))


async def echo() -> list[str]:
    """Ask a server of the program's own, through a host that forwards to it, and a Redis."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 8080)
    found = []
    for name, question in (("api.example.com", b"one\n"), ("db.example.com", b"PING\r\n")):
        reader, writer = await asyncio.open_connection(name, 80)
        for _ in range(3):
            writer.write(question)
            answer = await reader.readline()
            found.append(f"{answer!r} at {asyncio.get_running_loop().time():.9f}")
        writer.close()
    server.close()
    return found


FORWARDING = (
    Host("api.example.com", forward="127.0.0.1:8080", latency=LOGNORMAL),
    Host("db.example.com", kind="redis", latency=LOGNORMAL),
)


def simulated(seed: int, draws: Choices | None) -> Any:
    """Return what ``echo`` returns."""
    hosts = tuple(one.description for one in FORWARDING)
    settings = Settings(seed, costs=parse_costs(["none"]), hosts=hosts, draws=draws)
    simulation = Simulation(settings)
    simulation.start()
    try:
        return simulation.run(echo)
    finally:
        simulation.stop()


def run(seed: int, draws: Choices | None, host: Host = CHANCY) -> Any:
    """Return what the program returns."""
    settings = Settings(seed, costs=parse_costs(["none"]), hosts=(host.description,), draws=draws)
    simulation = Simulation(settings)
    simulation.start()
    try:
        return simulation.run(several)
    finally:
        simulation.stop()


@pytest.mark.parametrize("seed", range(20))
def test_recording_changes_nothing(seed: int) -> None:
    """A run whose choices are recorded is the run without."""
    assert run(seed, Choices()) == run(seed, None)


def test_every_kind_of_host_asks() -> None:
    """What is under way to a server of its own, and a Redis, are decided and forced as well."""
    first = Choices()
    result = simulated(5, first)
    assert result == simulated(5, None)
    keys = [one.key for one in first.taken()]
    pieces = [f"api.example.com connection 1 piece-{number}" for number in range(1, 9)]  # ends too
    requests = [f"db.example.com request {number} latency" for number in range(1, 4)]
    assert sorted(keys) == pieces + requests
    forced = {one.key: one.value for one in first.taken()}
    assert simulated(5, choices_of(Case(5, "", forced, is_minimal=True))) == result


@pytest.mark.parametrize("guide", ["", "tails", "extremes", "slow-host", "ties", "bursts"])
def test_forcing_what_was_recorded_repeats_the_run(guide: str) -> None:
    """Forcing every unusual choice, with all others usual, gives the same run."""
    for seed in range(20):
        first = choices_of(Case(seed, guide))
        result = run(seed, first)
        forced = {one.key: one.value for one in first.taken() if not one.is_usual}
        again = choices_of(Case(seed, guide, forced, is_minimal=True))
        assert run(seed, again) == result
        assert (again.taken(), again.order) == (first.taken(), first.order)


def test_all_as_usual() -> None:
    """With nothing forced in the smallest world everything takes its median and nothing fails."""
    choices = choices_of(Case(is_minimal=True))
    assert run(0, choices) == [f"/{number} HTTP/1.1 200 OK at 0.014000000" for number in range(5)]
    assert all(one.is_usual for one in choices.taken())


def test_what_cannot_be_drawn_cannot_be_forced() -> None:
    """A forced duration becomes the nearest possible one; an impossible failure does not happen."""
    forced: dict[str, int | str] = {
        "api.example.com connection 1 connect": 50_000_000,
        "api.example.com request 1 failure": "black-hole",
        "api.example.com request 2 failure": "503",
    }
    choices = choices_of(Case(forced=forced, is_minimal=True))
    run(0, choices)
    assert [one for one in choices.taken() if not one.is_usual] == [
        Choice("api.example.com connection 1 connect", 3_000_000, 2_000_000),
        Choice("api.example.com request 2 failure", "503", ""),
    ]


def test_what_always_fails_is_usual() -> None:
    """A host that always refuses does so in the dullest world too."""
    host = Host("api.example.com", failures={"refuse": 1.0})
    choices = choices_of(Case(is_minimal=True))
    results = run(0, choices, host)
    assert [one.split()[1] for one in results] == ["ConnectionRefusedError"] * 5
    assert all(one.is_usual for one in choices.taken())


@pytest.mark.parametrize(
    ("choice", "text"),
    [
        (
            Choice("api.example.com request 2 latency", 30_000_000, 10_000_000),
            "api.example.com, 2nd request: 30 ms instead of 10 ms",
        ),
        (Choice("a.b connection 5 failure", "refuse", ""), "a.b, 5th connection: refused"),
        (Choice("a.b:81 look-up 1 failure", "dns", ""), "a.b:81, 1st look-up: name not found"),
        (
            Choice("a.b request 11 failure", "503", ""),
            "a.b, 11th request: answered with status 503",
        ),
        (
            Choice("a.b connection 3 tls", 1_500_000, 1_000_000),
            "a.b, 3rd connection TLS handshake: 1.5 ms instead of 1 ms",
        ),
        (Choice("a.b request 1 failure", "", "503"), "a.b, 1st request: did not fail"),
    ],
)
def test_text(choice: Choice, text: str) -> None:
    """A choice reads as a person would say it."""
    assert choice.text() == text


def test_ordinals() -> None:
    """Numbers get the ending that English gives them."""
    numbers = (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)
    assert [ordinal(number) for number in numbers] == (
        ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th"]
    )
