"""Reads how long something takes: a duration, a distribution, or measured samples."""

from typing import Any, Final

from loopscope.simulator.hosts import fields
from loopscope.simulator.hosts.fields import Place
from loopscope.simulator.hosts.latency import (
    Constant,
    Latency,
    Lognormal,
    Normal,
    Samples,
    Uniform,
)

FORMS: Final = ("uniform", "normal", "lognormal", "samples")
MOST_SAMPLES: Final = 1_000_000
MOST_SIGMA: Final = 10.0


def read_latency(value: object, place: Place) -> Latency:
    """Return a latency.

    Raises:
        WorldError: It is none.
    """
    if isinstance(value, str):
        return Constant(fields.duration(value, place))
    form = next(iter(value)) if isinstance(value, dict) and len(value) == 1 else None
    if form not in FORMS:
        place.refuse(
            f'{fields.shown(value)} is no latency; write a duration, as in "100ms", or a table '
            f"with one of: {', '.join(FORMS)}."
        )
    return _READERS[form](value[form], place.at(form))  # type: ignore[index]


def _uniform(value: object, place: Place) -> Latency:
    ends = fields.rows(value, place, 2)
    if len(ends) != 2:  # noqa: PLR2004 - from and to
        place.refuse('write the least and the most, as in ["50ms", "150ms"].')
    low_ns, high_ns = (fields.duration(end, place) for end in ends)
    if low_ns > high_ns:
        place.refuse("the least is more than the most; write them the other way round.")
    return Uniform(low_ns, high_ns)


def _normal(value: object, place: Place) -> Latency:
    given = fields.table(value, place, ("mean", "deviation"))
    return Normal(
        fields.duration(_needed(given, "mean", place), place.at("mean")),
        fields.duration(_needed(given, "deviation", place), place.at("deviation")),
    )


def _lognormal(value: object, place: Place) -> Latency:
    given = fields.table(value, place, ("median", "sigma"))
    return Lognormal(
        fields.duration(_needed(given, "median", place), place.at("median")),
        fields.number(_needed(given, "sigma", place), place.at("sigma"), 0, MOST_SIGMA),
    )


def _samples(value: object, place: Place) -> Latency:
    if isinstance(value, str):
        raw = fields.contents(fields.existing(value, place, "file"), place)
        lines = (line.strip() for line in raw.decode("utf-8", "replace").splitlines())
        value = [line for line in lines if line and not line.startswith("#")]
    samples = fields.rows(value, place, MOST_SAMPLES)
    if not samples:
        place.refuse("there are no samples; write at least one duration.")
    return Samples(tuple(fields.duration(one, place) for one in samples))


def _needed(given: fields.Table, key: str, place: Place) -> Any:
    if key not in given:
        place.refuse(f"the key {key} is missing.")
    return given[key]


_READERS: Final = {
    "uniform": _uniform,
    "normal": _normal,
    "lognormal": _lognormal,
    "samples": _samples,
}
