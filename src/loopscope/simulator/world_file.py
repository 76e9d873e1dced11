"""Reads a world file: which hosts there are, in TOML, checked before anything runs."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from loopscope.errors import WorldError
from loopscope.simulator.hosts import fields
from loopscope.simulator.hosts.description import Description
from loopscope.simulator.hosts.fields import Place
from loopscope.simulator.hosts.read_host import read_host
from loopscope.simulator.hosts.toml_file import read_toml
from loopscope.simulator.hosts.toml_lines import key_lines

MOST_HOSTS: Final = 10_000


def read_world(path: Path, *, imports: bool = True) -> list[Description]:
    """Read a world file.

    Args:
        path: The file. What it refers to (directories, samples, modules) is found beside it.
        imports: Whether handlers are imported. Without, only their names are looked at.

    Returns:
        The hosts it describes.

    Raises:
        WorldError: It cannot be read, or does not describe a world; the message says where.
    """
    hosts, errors = check_world(path, imports=imports)
    for error in errors:
        raise error
    return hosts


def check_world(path: Path, *, imports: bool) -> tuple[list[Description], list[WorldError]]:
    """Read a world file, and return its hosts and everything that is wrong with it.

    Of each host the first thing that is wrong is told.

    Raises:
        WorldError: It cannot be read at all.
    """
    place = Place(str(path), path.absolute().parent, imports)
    values = read_toml(path, place)
    place = replace(place, lines=key_lines(path.read_text("utf-8")))
    document = fields.table(values, place, ("host",))
    every = document.get("host", [])
    if isinstance(every, dict):
        place.at("host").refuse("there may be several; write [[host]].")
    every = fields.rows(every, place.at("host"), MOST_HOSTS)
    hosts: list[Description] = []
    errors: list[WorldError] = []
    seen: set[tuple[str, int | None]] = set()
    for number, value in enumerate(every, 1):
        try:
            host = read_host(value, place, number)
            _check_unseen(host, seen, replace(place, path=("host", str(number))))
        except WorldError as error:
            errors.append(error)
        else:
            hosts.append(host)
    return hosts, errors


def _check_unseen(host: Description, seen: set[tuple[str, int | None]], place: Place) -> None:
    """Refuse a second host that answers under the same name and port."""
    key = (host.name, host.port)
    if key in seen:
        where = f"at port {host.port}" if host.port else "without a port"
        place.refuse(f"the host {host.name} is described twice {where}; keep one.")
    seen.add(key)
