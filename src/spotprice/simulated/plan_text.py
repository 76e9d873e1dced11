"""Behaviours as people write them: ``20%``, ``kraken:latency=2s,failures=50%,kind=reset``."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from spotprice.errors import UsageError
from spotprice.simulated.latency import parse_latency
from spotprice.simulated.plan import MIXED, Behaviour, Failure

_RATE = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)%", re.ASCII)
_MOST_PERCENT = 100
_BETWEEN_SETTINGS = re.compile(r",(?![^(]*\))")  # not the comma in normal(400ms,80ms)


def parse_rate(text: str) -> float:
    """Read ``20%`` as 0.2.

    Raises:
        UsageError: It is no percentage from 0% to 100%.
    """
    match = _RATE.fullmatch(text.strip())
    if match is None or (percent := float(match[1])) > _MOST_PERCENT:
        raise UsageError(f'"{text}" is no failure rate: write a percentage, as in 20%.')
    return percent / 100


def parse_failures(text: str) -> tuple[Failure, ...]:
    """Read the name of one kind of failure, or ``mixed`` for all of them.

    Raises:
        UsageError: There is no such kind.
    """
    kind = text.strip().lower()
    if kind == "mixed":
        return MIXED
    try:
        return (Failure(kind),)
    except ValueError:
        known = ", ".join(Failure)
        raise UsageError(f'"{text}" is no kind of failure: choose from mixed, {known}.') from None


def parse_venue(text: str, usual: Behaviour) -> tuple[str, Behaviour]:
    """Read ``kraken:latency=2s,failures=50%,kind=reset``; what is not said is as usual.

    Returns:
        The name before the colon, as it was written, and the behaviour.

    Raises:
        UsageError: It is not of that form, or one of its values is not.
    """
    name, colon, settings = text.partition(":")
    if not colon or not name.strip():
        raise _no_venue(text)
    behaviour = usual
    for setting in _BETWEEN_SETTINGS.split(settings):
        key, equals, value = setting.partition("=")
        change = _SETTINGS.get(key.strip().lower())
        if change is None or not equals:
            raise _no_venue(text)
        behaviour = change(behaviour, value)
    return name.strip(), behaviour


def write_failures(behaviour: Behaviour) -> str:
    """Write how often and how a venue fails: ``20% mixed``, ``50% reset``, ``none``."""
    if behaviour.failure_rate == 0:
        return "none"
    kinds = "mixed" if behaviour.failures == MIXED else " or ".join(behaviour.failures)
    return f"{100 * behaviour.failure_rate:.6g}% {kinds}"


def _no_venue(text: str) -> UsageError:
    return UsageError(
        f'"{text}" says nothing about a venue: write its name, a colon and any of latency=, '
        "failures= and kind=, as in kraken:latency=2s,failures=50%,kind=reset."
    )


_SETTINGS: Mapping[str, Callable[[Behaviour, str], Behaviour]] = MappingProxyType(
    {
        "latency": lambda behaviour, value: replace(behaviour, latency=parse_latency(value)),
        "failures": lambda behaviour, value: replace(behaviour, failure_rate=parse_rate(value)),
        "kind": lambda behaviour, value: replace(behaviour, failures=parse_failures(value)),
    }
)
