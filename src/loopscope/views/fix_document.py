"""What came of fixing a program, as plain data for ``--json``; see ``docs/fix.md``.

Times are seconds of virtual time, as floats (``_s``). Fields are only ever added within a version.
"""

from typing import Any, Final

from loopscope.analysis.fix_report import Fix, FixReport
from loopscope.model.units import NS_PER_S

VERSION: Final = 1


def fix_document(report: FixReport) -> dict[str, Any]:
    """Return the whole report as JSON-ready data."""
    return {
        "format": "loopscope-fix",
        "version": VERSION,
        "program": report.program,
        "files": list(report.files),
        "runs": report.runs,
        "problem": report.problem or None,
        "before_s": _s(report.before_ns),
        "after_s": _s(report.after_ns),
        "written": list(report.written),
        "not_written": report.not_written or None,
        "fixes": [_fix(one) for one in report.fixes],
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "file": fix.file,
        "line": fix.first_line,
        "end_line": fix.last_line,
        "level": int(fix.level),
        "reason": fix.reason or None,
        "diff": fix.diff or None,
        "before_s": _s(fix.before_ns),
        "predicted_s": _s(fix.predicted_ns),
        "after_s": _s(fix.after_ns),
        "awaits_before_s": _s(fix.visit_before_ns),
        "awaits_after_s": _s(fix.visit_after_ns),
        "waits": fix.waits,
        "schedules": list(fix.schedules),
        "not_compared": list(fix.not_compared),
        "source_not_seen": list(fix.unseen),
        "reorders_output": fix.reorders_output,
    }


def _s(ns: int | None) -> float | None:
    return None if ns is None else ns / NS_PER_S
