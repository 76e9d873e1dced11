"""Chooses the probe: the C extension where it was built, else its Python twin."""

import os
from types import ModuleType

from loopscope.errors import RecordError

try:
    from loopscope.recorder import _probe
except ImportError:
    _probe = None  # type: ignore[assignment]


def choose_probe() -> tuple[str, ModuleType]:
    """Return the name (``"c"`` or ``"python"``) and the module of the probe to use.

    The environment variable ``LOOPSCOPE_PROBE`` set to one of the names forces it.

    Raises:
        RecordError: The forced probe does not exist here.
    """
    wanted = os.environ.get("LOOPSCOPE_PROBE", "")
    if wanted not in ("", "c", "python"):
        raise RecordError(
            f"LOOPSCOPE_PROBE is {wanted!r}, which is no probe: set it to 'c' or 'python', "
            "or leave it unset.",
            slug="probe-unknown",
        )
    if wanted == "c" and _probe is None:
        raise RecordError(
            "LOOPSCOPE_PROBE asks for the C probe, which is not built here: install loopscope "
            "where a C compiler is found, or unset the variable.",
            slug="probe-missing",
        )
    if wanted == "python" or _probe is None:
        from loopscope.recorder import python_probe  # noqa: PLC0415  (only where it is used)

        return "python", python_probe
    return "c", _probe
