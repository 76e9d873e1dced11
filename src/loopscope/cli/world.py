"""``loopscope world``: look at the description of a simulated world."""

import sys
from pathlib import Path

import click

from loopscope.errors import WorldError
from loopscope.model.units import counted
from loopscope.simulator.hosts.description import Description
from loopscope.simulator.world_file import check_world


@click.group(short_help="Check the description of a simulated world.")
def command() -> None:
    """Check the description of a simulated world.

    A world file names the hosts that a simulated program can reach: how long they take, how they
    fail, what they answer. Use one with:  loopscope simulate --world W.toml app.py
    """


@command.command()
@click.option(
    "--handlers", is_flag=True, help="Import the handlers too, which runs code of their modules."
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path, handlers: bool) -> None:
    """Say which hosts FILE describes, or what is wrong with it.

    Exit code 1 means that something is wrong.
    """
    try:
        hosts, errors = check_world(file, imports=handlers)
    except WorldError as error:
        hosts, errors = [], [error]
    for wrong in errors:
        print(f"loopscope: {wrong}", file=sys.stderr)
    if errors:
        sys.exit(1)
    print(f"{file} describes {counted(len(hosts), 'host')}.")
    for host in hosts:
        print(f"  {_line(host)}")


def _line(host: Description) -> str:
    where = f"{host.name}:{host.port}" if host.port else host.name
    if host.forward is not None:
        return f"{where}  forwards to {host.forward[0]}:{host.forward[1]}"
    if host.kind == "http":
        answers = counted(len(host.answers), "answer") if host.answers else "a stub"
        return f"{where}  http, {answers}"
    return f"{where}  {host.kind}"
