"""The summary of a recording as plain data for ``--json``; ``docs/json.md`` describes it.

Times are seconds since the first loop began, as floats (``_s``). Fields are only ever added
within a version.
"""

from collections.abc import Sequence
from typing import Any, Final

from loopscope.analysis.contention import Contention
from loopscope.analysis.critical_path import PathPart
from loopscope.analysis.summary import LoopSummary, Summary
from loopscope.analysis.tasks import task_life
from loopscope.model.change_text import spell
from loopscope.model.finding import Finding
from loopscope.model.location import Location
from loopscope.model.records import Stall, TaskLife, Wait

VERSION: Final = 1


def summary_document(summary: Summary, findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the whole summary, with the findings, as JSON-ready data."""
    return {
        "format": "loopscope-summary",
        "version": VERSION,
        **_recording(summary),
        "loops": [_loop(loop) for loop in summary.loops],
        **_load(summary),
        "stalls": [_stall(stall) for stall in summary.stalls],
        "contention": [_contention(one) for one in summary.contention],
        "slowest_waits": [_wait(summary, wait) for wait in summary.slowest],
        **_troubles(summary),
        "findings": [finding_document(one) for one in findings],
        "tasks": [
            _task(summary, task_life(summary.timeline, summary.lives, row)) for row in summary.rows
        ],
    }


def finding_document(one: Finding) -> dict[str, Any]:
    """Return a finding as JSON-ready data; ``saves_s`` is null where nothing predicts it."""
    return {
        "rule": one.rule,
        "file": one.where.file,
        "line": one.where.line,
        "end_line": one.where.end_line,
        "saves_s": None if one.saves_ns is None else one.saves_ns / 1e9,
        "saves_at_most": one.is_at_most,
        "confidence": int(one.confidence),
        "message": one.message,
        "remedy": one.remedy,
        "evidence": {**one.evidence, "whatif": [spell(change) for change in one.changes]},
    }


def _recording(summary: Summary) -> dict[str, Any]:
    trace = summary.trace
    info = trace.info
    return {
        "program": info.program,
        "argv": list(info.argv),
        "python": info.python,
        "probe": info.probe,
        "seed": info.seed,
        "is_complete": info.is_complete,
        "recorder_gave_up": info.gave_up,
        "notes": trace.notes,
        "damage": info.damage or None,
        "lost_records": info.lost_count,
        "total_s": trace.total_ns / 1e9,
        "steps": len(trace.steps),
    }


def _load(summary: Summary) -> dict[str, Any]:
    overlap, lag, pauses = summary.overlap, summary.lag, summary.trace.pauses
    return {
        "overlap": {
            "mean": overlap.mean_count,
            "peak": overlap.peak_count,
            "peak_at_s": overlap.peak_at_ns / 1e9,
        },
        "loop_lag": {
            "median_s": lag.median_ns / 1e9,
            "p99_s": lag.p99_ns / 1e9,
            "max_s": lag.max_ns / 1e9,
            "max_at_s": lag.max_at_ns / 1e9,
        },
        "jobs": [
            {
                "function": job.function.function,
                "thread": job.thread,
                "begin_s": _since(summary, job.begin_ns),
                "end_s": _since(summary, job.end_ns),
            }
            for job in summary.trace.jobs.values()
        ],
        "gc_pauses": {
            "count": len(pauses),
            "total_s": sum(pause.end_ns - pause.begin_ns for pause in pauses) / 1e9,
        },
    }


def _troubles(summary: Summary) -> dict[str, Any]:
    trace = summary.trace
    return {
        "failures": [
            {
                "task": failure.task_id,
                "name": trace.task(failure.task_id).name,
                "time_s": _since(summary, failure.time_ns),
                "exception": failure.exception,
                "message": failure.message,
                **_place(failure.where),
                "retrieved": failure.retrieved,
            }
            for failure in trace.failures
        ],
        "never_awaited": [
            {
                "coroutine": one.coroutine.function,
                "task": one.task_id or None,
                "time_s": _since(summary, one.time_ns),
                **_place(one.where),
            }
            for one in trace.never_awaited
        ],
    }


def _since(summary: Summary, time_ns: int) -> float:
    return (time_ns - summary.trace.begin_ns) / 1e9


def _place(where: Location | None) -> dict[str, Any]:
    if where is None or not where.line:
        return {"file": None, "line": None, "function": where.function if where else None}
    return {"file": where.file, "line": where.line, "function": where.function}


def _loop(loop: LoopSummary) -> dict[str, Any]:
    return {
        "id": loop.info.id,
        "thread": loop.info.thread,
        "class": loop.info.class_name,
        "running_s": loop.use.running_ns / 1e9,
        "idle_s": loop.use.idle_ns / 1e9,
        "overhead_s": loop.use.overhead_ns / 1e9,
        "critical_path": [_part(part) for part in loop.path.parts] if loop.path else [],
    }


def _part(part: PathPart) -> dict[str, Any]:
    return {
        "share": part.share.value,
        "kind": part.kind.value if part.kind else None,
        **_place(part.where),
        "what": part.what,
        "count": part.count,
        "total_s": part.total_ns / 1e9,
        "behind": part.behind or None,
        "callers": [_place(place) for place in part.callers],
    }


def _stall(stall: Stall) -> dict[str, Any]:
    return {
        **_place(stall.where),
        "call": stall.call,
        "inside": stall.inside.function if stall.inside else None,
        "kind": stall.kind,
        "count": stall.count,
        "held_s": stall.held_ns / 1e9,
        "longest_s": stall.longest_ns / 1e9,
        "delayed_tasks": stall.delayed_tasks_count,
        "delayed_s": stall.delayed_ns / 1e9,
    }


def _contention(one: Contention) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "name": one.name,
        **_place(one.where),
        "waits": one.waits_count,
        "tasks": one.tasks_count,
        "peak_waiting": one.peak_waiting_count,
        "waited_s": one.waited_ns / 1e9,
        "longest_s": one.longest_ns / 1e9,
        "holders": [
            {
                "coroutine": holder.coroutine.function,
                **_place(holder.where),
                "what": holder.what,
                "tasks": holder.tasks_count,
                "held_s": holder.held_ns / 1e9,
            }
            for holder in one.holders
        ],
    }


def _wait(summary: Summary, wait: Wait) -> dict[str, Any]:
    return {
        "task": wait.task_id,
        "name": summary.trace.task(wait.task_id).name,
        "kind": wait.kind.value,
        **_place(wait.where),
        "what": wait.what,
        "begin_s": _since(summary, wait.begin_ns),
        "duration_s": wait.duration_ns / 1e9,
        "is_over": wait.is_over,
    }


def _task(summary: Summary, life: TaskLife) -> dict[str, Any]:
    task = life.task
    return {
        "id": task.id,
        "name": task.name,
        "coroutine": task.coroutine.function,
        "created_s": _since(summary, task.created_ns),
        "ended_s": _since(summary, life.ended_ns) if life.fate else None,
        "end": life.fate.word,
        "cancelled_by": life.cancelled_by or None,
        "steps": life.steps_count,
        "running_s": life.running_ns / 1e9,
        "ready_s": life.ready_ns / 1e9,
        "suspended_s": life.suspended_ns / 1e9,
        "parent": task.parent_id or None,
        "created_by": _place(task.creator),
        "existed_before": task.existed_before,
        "is_eager": task.is_eager,
    }
