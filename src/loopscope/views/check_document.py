"""What many runs of a program brought, as plain data for ``--json``; see ``docs/check.md``.

Times are seconds, as floats (``_s``), of virtual time unless it says ``real``. Fields are only ever
added within a version.
"""

from typing import Any, Final

from loopscope.analysis.check_report import CheckReport, FailureGroup, Spread
from loopscope.model.units import NS_PER_S

VERSION: Final = 1


def check_document(report: CheckReport) -> dict[str, Any]:
    """Return the whole report as JSON-ready data."""
    return {
        "format": "loopscope-check",
        "version": VERSION,
        "program": report.program,
        "promises": list(report.promises),
        "holds": report.holds,
        "seeds": report.wanted,
        "runs": report.count,
        "failed": report.failed,
        "took_real_s": report.took_ns / NS_PER_S,
        "duration": _spread(report.spread),
        "failures": [_group(group) for group in report.groups],
    }


def _spread(spread: Spread) -> dict[str, Any] | None:
    if not spread.count:
        return None
    return {
        "runs": spread.count,
        "least_s": spread.least_ns / NS_PER_S,
        "median_s": spread.median_ns / NS_PER_S,
        "p90_s": spread.p90_ns / NS_PER_S,
        "p99_s": spread.p99_ns / NS_PER_S,
        "worst_s": spread.worst_ns / NS_PER_S,
        "histogram": [
            {"from_s": one.from_ns / NS_PER_S, "to_s": one.to_ns / NS_PER_S, "runs": one.count}
            for one in spread.bins
        ],
    }


def _group(group: FailureGroup) -> dict[str, Any]:
    return {
        "kind": group.kind,
        "message": group.sentence,
        "where": group.where.split(", ") if group.where else [],
        "runs": group.count,
        "first_seed": group.seed,
        "is_repeatable": group.is_stable,
        "smallest_world": list(group.choices) if group.tried else None,
        "tried_runs": group.tried,
        "repeat": group.repeat or None,
        "trace": group.trace or None,
        "detail": group.detail,
    }
