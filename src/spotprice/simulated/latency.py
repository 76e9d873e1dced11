"""How long an answer takes: four distributions, as data and as people write them."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from statistics import NormalDist

from spotprice.errors import UsageError

_STANDARD = NormalDist()
_MICROSECOND = 1_000
_LONGEST_NS = 3_600_000_000_000  # an hour: nobody waits longer
_WIDEST_SIGMA = Decimal(5)

_UNITS = {"us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
_DURATION = r"(\d{1,10}(?:\.\d{1,9})?)(us|ms|s)"
_CONSTANT = re.compile(_DURATION, re.ASCII)
_UNIFORM = re.compile(rf"{_DURATION}\.\.{_DURATION}", re.ASCII)
_NORMAL = re.compile(rf"normal\({_DURATION},{_DURATION}\)", re.ASCII)
_LOG_NORMAL = re.compile(rf"lognormal\({_DURATION},(\d{{1,3}}(?:\.\d{{1,6}})?)\)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Constant:
    """Always the same."""

    ns: int

    def at(self, share: float) -> int:  # noqa: ARG002 - as the others
        """Return the latency in nanoseconds."""
        return self.ns

    def __str__(self) -> str:
        return _write(self.ns)


@dataclass(frozen=True, slots=True)
class Uniform:
    """Anything between two bounds, equally likely."""

    least_ns: int
    most_ns: int

    def at(self, share: float) -> int:
        """Return the latency that a share (between 0 and 1, both excluded) of answers keeps."""
        return _possible(self.least_ns + share * (self.most_ns - self.least_ns))

    def __str__(self) -> str:
        return f"{_write(self.least_ns)}..{_write(self.most_ns)}"


@dataclass(frozen=True, slots=True)
class Normal:
    """The bell curve; what would be below zero is zero."""

    mean_ns: int
    deviation_ns: int

    def at(self, share: float) -> int:
        """Return the latency that a share (between 0 and 1, both excluded) of answers keeps."""
        return _possible(self.mean_ns + self.deviation_ns * _STANDARD.inv_cdf(share))

    def __str__(self) -> str:
        return f"normal({_write(self.mean_ns)},{_write(self.deviation_ns)})"


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Mostly quick with a long tail, as networks are: the logarithm is normal.

    Attributes:
        median_ns: Half of the answers take less.
        sigma: Standard deviation of the logarithm; 0.4 means that one answer in forty takes more
            than twice the median.
    """

    median_ns: int
    sigma: Decimal

    def at(self, share: float) -> int:
        """Return the latency that a share (between 0 and 1, both excluded) of answers keeps."""
        factor = math.exp(float(self.sigma) * _STANDARD.inv_cdf(share))
        return _possible(self.median_ns * factor)

    def __str__(self) -> str:
        return f"lognormal({_write(self.median_ns)},{self.sigma.normalize():f})"


Latency = Constant | Uniform | Normal | LogNormal

AT_ONCE = Constant(0)


def parse_latency(text: str) -> Latency:
    """Read ``500ms``, ``300ms..700ms``, ``normal(400ms,80ms)`` or ``lognormal(300ms,0.4)``.

    Durations have a unit: ``us``, ``ms`` or ``s``. ``str`` of the result reads back as it.

    Raises:
        UsageError: It is none of the four, its bounds are the wrong way round, or it is too long.
    """
    squeezed = "".join(text.split()).lower()
    if match := _CONSTANT.fullmatch(squeezed):
        return Constant(_read(match[1], match[2]))
    if match := _UNIFORM.fullmatch(squeezed):
        least, most = _read(match[1], match[2]), _read(match[3], match[4])
        if least > most:
            raise UsageError(f'"{text}" is no latency: its first bound is above its second.')
        return Uniform(least, most)
    if match := _NORMAL.fullmatch(squeezed):
        return Normal(_read(match[1], match[2]), _read(match[3], match[4]))
    if match := _LOG_NORMAL.fullmatch(squeezed):
        sigma = Decimal(match[3])
        if sigma > _WIDEST_SIGMA:
            raise UsageError(f'"{text}" is no latency: its sigma is above {_WIDEST_SIGMA}.')
        return LogNormal(_read(match[1], match[2]), sigma)
    raise UsageError(
        f'"{text}" is no latency: write 500ms, 300ms..700ms, normal(400ms,80ms) (mean and '
        "deviation) or lognormal(300ms,0.4) (median and sigma)."
    )


def _read(number: str, unit: str) -> int:
    ns = int(Decimal(number) * _UNITS[unit])
    if ns > _LONGEST_NS:
        raise UsageError(f"A latency of {number}{unit} is too long: an hour (3600s) is the most.")
    return ns


def _write(ns: int) -> str:
    unit = "s" if ns >= _UNITS["s"] else "ms" if ns >= _UNITS["ms"] or ns == 0 else "us"
    return f"{(Decimal(ns) / _UNITS[unit]).normalize():f}{unit}"


def _possible(ns: float) -> int:
    """Keep within zero and an hour, in whole microseconds: the last bits differ by machine."""
    return round(min(max(ns, 0.0), _LONGEST_NS) / _MICROSECOND) * _MICROSECOND
