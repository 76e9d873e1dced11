"""What computing costs in virtual time: what it takes really, a multiple, or nothing."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from loopscope.errors import UsageError
from loopscope.simulator.durations import parse_duration
from loopscope.simulator.redirect import real_twin
from loopscope.simulator.world_parts import VirtualThread

_thread_time_ns: Final = real_twin(time.thread_time_ns)


@dataclass(frozen=True, slots=True)
class Costs:
    """How computing is charged.

    Attributes:
        factor: Times the CPU time that was measured; 0 charges nothing that has to be measured.
        fixed_ns: What a call of certain functions (``module.function``) costs, beside that.
    """

    factor: float = 1.0
    fixed_ns: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


FREE: Final = Costs(factor=0)


def parse_costs(texts: Sequence[str]) -> Costs:
    """Read costs as they are written on the command line.

    Args:
        texts: Each ``none``, ``measured``, a factor (``2x``), or ``module.function=DURATION``; a
            function without a module is the program's own. Where functions have a cost and
            nothing else is said, all else is free.

    Raises:
        UsageError: One is none of these.
    """
    factor: float | None = None
    fixed: dict[str, int] = {}
    for text in texts:
        function, equals, duration = text.partition("=")
        if equals:
            name = function.strip()
            fixed[name if "." in name else f"__main__.{name}"] = _fixed(text, duration)
        else:
            factor = _factor(text)
    if factor is None:
        factor = 0.0 if fixed else 1.0
    return Costs(factor, MappingProxyType(fixed))


def _factor(text: str) -> float:
    named = {"none": 0.0, "measured": 1.0}.get(text)
    if named is not None:
        return named
    try:
        factor = float(text.removesuffix("x"))
    except ValueError:
        factor = -1.0
    if not text.endswith("x") or not 0 <= factor < 1e6:  # noqa: PLR2004  (nor infinite)
        raise UsageError(
            f"--cost {text[:60]} is no cost: give 'none', 'measured', a factor such as '2x', or "
            "'module.function=2s'.",
            slug="cost-bad",
        )
    return factor


def _fixed(text: str, duration: str) -> int:
    try:
        cost_ns = parse_duration(duration)
    except ValueError as error:
        raise UsageError(f"--cost {text[:60]}: {error}", slug="cost-bad") from error
    return cost_ns


class CpuMeter:
    """Measures what a thread computes, by its own CPU time.

    Args:
        factor: Times what was measured.
    """

    def __init__(self, factor: float = 1.0) -> None:
        self._factor = factor

    def take(self, thread: VirtualThread) -> int:
        """Return the cost in ns of what was computed since the last ``take`` or ``skip``."""
        now = _thread_time_ns()
        spent, thread.measured_ns = now - thread.measured_ns, now
        return int(spent * self._factor)

    def skip(self, thread: VirtualThread) -> None:
        """What was computed since then is not the program's: it is not charged."""
        thread.measured_ns = _thread_time_ns()
