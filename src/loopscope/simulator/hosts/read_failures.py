"""Reads how a host fails, and how often."""

import re
from typing import Final

from loopscope.simulator.hosts import fields
from loopscope.simulator.hosts.description import Failure, Failures
from loopscope.simulator.hosts.fields import Place

OF_CONNECTIONS: Final = ("dns", "refuse", "unreachable")
OF_REQUESTS: Final = ("reset", "black-hole")
OF_BODIES: Final = ("slow-body", "truncated-body")
SLOW_BODY_NS: Final = 30_000_000_000
"""How long a slow body takes unless it says so."""

_STATUS: Final = re.compile(r"[2-5][0-9][0-9]")
_ROUNDING: Final = 1e-9


def read_failures(value: object, place: Place, kind: str) -> Failures:
    """Return the failures of a host.

    Args:
        value: A table: what fails -> how often, 0 to 1.
        place: Where it stands.
        kind: ``http``, ``redis``, ``tcp`` or ``forward``: what can happen depends on it.

    Raises:
        WorldError: It is none.
    """
    allowed = OF_CONNECTIONS + (() if kind == "forward" else OF_REQUESTS)
    if kind == "http":
        allowed += OF_BODIES
    if not isinstance(value, dict):
        place.refuse(f"{fields.shown(value)} is no table; write {{ refuse = 0.1 }}.")
    rates: dict[str, float] = {}
    requests: list[Failure] = []
    for key, given in value.items():
        name, here = str(key), place.at(str(key)[: fields.SHOWN])
        if name in OF_CONNECTIONS:
            rates[name] = fields.rate(given, here)
        elif name in allowed:
            requests.append(_of_requests(name, given, here))
        elif kind == "http" and _STATUS.fullmatch(name):
            requests.append(Failure("status", fields.rate(given, here), status=int(name)))
        else:
            codes = ", and status codes such as 503" if kind == "http" else ""
            place.refuse(
                f"there is no failure {fields.shown(name)} here; there are: "
                f"{', '.join(allowed)}{codes}.",
                key=name,
            )
    _check_sum([rates.get("refuse", 0.0), rates.get("unreachable", 0.0)], "connections", place)
    _check_sum([one.rate for one in requests], "requests", place)
    return Failures(**rates, requests=tuple(requests))


def _of_requests(name: str, given: object, place: Place) -> Failure:
    takes_ns = SLOW_BODY_NS if name == "slow-body" else 0
    if name == "slow-body" and isinstance(given, dict):
        given = dict(fields.table(given, place, ("rate", "takes")))
        if "takes" in given:
            takes_ns = fields.duration(given["takes"], place.at("takes"))
        given = given.get("rate", 1.0)
    return Failure(name, fields.rate(given, place), takes_ns=takes_ns)


def _check_sum(rates: list[float], what: str, place: Place) -> None:
    if sum(rates) > 1 + _ROUNDING:
        place.refuse(f"the rates of what befalls {what} add up to {sum(rates):g}; at most 1.")
