"""``spotprice simulate``: ten exchanges on this machine, until Ctrl-C."""

import asyncio
import json
import signal
from collections.abc import Callable, Sequence
from typing import Any

import click

from spotprice.errors import UsageError
from spotprice.exchanges import find_exchange
from spotprice.simulated.latency import Latency, parse_latency
from spotprice.simulated.plan import Behaviour, Plan
from spotprice.simulated.plan_text import parse_rate, parse_venue, write_failures
from spotprice.simulated.running import World, serve
from spotprice.simulated.voices import VOICES

_HEADINGS = ("EXCHANGE", "ADDRESS", "LATENCY", "FAILURES")


def _reading(parse: Callable[[str], Any]) -> Callable[..., Any]:
    """Make a click callback from a parser that raises ``UsageError``."""

    def callback(context: click.Context, parameter: click.Parameter, value: str) -> Any:  # noqa: ANN401
        try:
            return parse(value)
        except UsageError as error:
            raise click.BadParameter(str(error), context, parameter) from None

    return callback


@click.command(short_help="Run ten simulated exchanges on this machine.")
@click.option(
    "--port-base",
    type=click.IntRange(0, 65_535),
    default=0,
    metavar="N",
    help="First of the ports, which follow one another; by default any that are free.",
)
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Makes chance.")
@click.option(
    "--latency",
    default="lognormal(300ms,0.4)",
    show_default=True,
    metavar="SPEC",
    callback=_reading(parse_latency),
    help="500ms, 300ms..700ms, normal(400ms,80ms) or lognormal(300ms,0.4).",
)
@click.option(
    "--failures",
    "failure_rate",
    default="0%",
    show_default=True,
    metavar="RATE",
    callback=_reading(parse_rate),
    help="How many requests fail, in all the ways there are.",
)
@click.option(
    "--venue",
    "venues",
    multiple=True,
    metavar="SPEC",
    help="Another behaviour for one: kraken:latency=2s,failures=50%,kind=reset. May be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the addresses as JSON.")
def command(  # noqa: PLR0913 - one argument an option
    *,
    port_base: int,
    seed: int,
    latency: Latency,
    failure_rate: float,
    venues: tuple[str, ...],
    as_json: bool,
) -> None:
    """Run ten exchanges on this machine that speak as the real ones do, until Ctrl-C.

    Prices are made up. The same seed brings the same failures and latencies: each follows from
    the seed, the exchange, the market and how often that market was asked for.
    """
    usual = Behaviour(latency, failure_rate)
    plan = Plan(seed, usual, _read_venues(venues, usual))
    asyncio.run(_run(plan, port_base, as_json=as_json))


def _read_venues(texts: Sequence[str], usual: Behaviour) -> dict[str, Behaviour]:
    behaviours = {}
    for text in texts:
        try:
            name, behaviour = parse_venue(text, usual)
            behaviours[find_exchange(name).id] = behaviour
        except UsageError as error:
            raise click.BadParameter(str(error), param_hint="'--venue'") from None
    return behaviours


async def _run(plan: Plan, port_base: int, *, as_json: bool) -> None:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, over.set)
    try:
        async with serve(plan, port_base=port_base) as world:
            click.echo(_as_json(world) if as_json else _as_text(world))
            await over.wait()
    except UsageError as error:
        raise click.BadParameter(str(error), param_hint="'--port-base'") from None


def _as_json(world: World) -> str:
    exchanges = [
        {"id": name, "name": one.name, "hosts": one.hosts, "example": _example(world, name)}
        for name, one in world.exchanges.items()
    ]
    return json.dumps({"seed": world.plan.seed, "exchanges": exchanges})


def _as_text(world: World) -> str:
    rows = [_HEADINGS]
    for name, exchange in world.exchanges.items():
        behaviour = world.plan.behaviour(name)
        latency, failures = str(behaviour.latency), write_failures(behaviour)
        rows.append((name, exchange.hosts[0], latency, failures))
        rows.extend(("", mirror, "", "") for mirror in exchange.hosts[1:])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    first = next(iter(world.exchanges))
    return "\n".join((*lines, "", f"Try:  curl '{_example(world, first)}'", "End:  Ctrl-C"))


def _example(world: World, name: str) -> str:
    """Return the address of Bitcoin's ticker at one exchange."""
    voice = VOICES[name]
    return world.exchanges[name].hosts[0] + voice.target(voice.example)
