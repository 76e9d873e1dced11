"""A recording as the page reads it: packed columns for what is many, JSON for what is few."""

import numpy as np

from loopscope.analysis.names import TaskNames
from loopscope.analysis.summary import Summary
from loopscope.trace.columns import Trace
from loopscope.views.html.await_table import await_table
from loopscope.views.html.pack import Integers
from loopscope.views.html.places import PlaceTable, clip
from loopscope.views.html.step_columns import step_columns, task_columns, turn_columns


def recording_data(summary: Summary) -> tuple[dict[str, Integers], dict[str, object]]:
    """Return the columns and the words of a recording.

    ``docs/report-format.md`` describes both; ``read_recording.js`` reads them.
    """
    trace = summary.trace
    names, places = TaskNames(trace), PlaceTable()
    awaits = await_table(summary.timeline, names, places)
    path = summary.loops[0].path if summary.loops else None
    on_path = path.step_indexes if path is not None else np.zeros(0, np.int64)
    columns = {
        **step_columns(trace),
        "what": awaits.what,
        **turn_columns(trace),
        **task_columns(trace, summary.lives),
        "taskShown": names.visible.astype(np.uint8),
        "taskCoroutine": _task_places(trace, trace.tasks.coroutine, places),
        "taskCreator": _task_places(trace, trace.tasks.creator, places),
        "path": -np.diff(on_path, prepend=0),
        **_job_columns(trace, places),
    }
    words: dict[str, object] = {
        "info": _info(summary),
        "names": [clip(names.of(int(task))) for task in trace.tasks.id],
        "loops": _loops(summary),
        "awaits": awaits.rows,
        "waiting": awaits.waiting,
        "objects": _objects(trace),
        "threads": [clip(trace.jobs[number].thread) for number in sorted(trace.jobs)],
        "failures": _failures(trace, places),
        "stalls": _stalls(summary, places),
    }
    words["places"] = places.rows
    words["files"] = places.files
    words["sources"] = [trace.words.sources.get(file, "") for file in places.files]
    return columns, words


def _info(summary: Summary) -> dict[str, object]:
    info = summary.trace.info
    return {
        "program": clip(info.program),
        "directory": clip(info.directory),
        "python": clip(info.python),
        "seed": info.seed,
        "stallNs": max(info.stall_ns, 1),
        "totalNs": summary.trace.total_ns,
        "wallNs": info.wall_ns,
        "lostCount": info.lost_count,
        "isComplete": info.is_complete,
        "damage": clip(info.damage),
    }


def _loops(summary: Summary) -> list[dict[str, object]]:
    """Describe the loops, the most important one first."""
    trace, begin = summary.trace, summary.trace.begin_ns
    return [
        {
            "id": loop.info.id,
            "thread": clip(loop.info.thread),
            "className": clip(loop.info.class_name),
            "runs": [
                [
                    run.begin_ns - begin,
                    run.end_ns - begin,
                    run.first_step,
                    run.stop_step,
                ]
                for run in trace.runs
                if run.loop == loop.info.id
            ],
        }
        for loop in summary.loops
    ]


def _objects(trace: Trace) -> list[list[object]]:
    return [[number, clip(name), size] for number, (name, size) in trace.objects.items()]


def _task_places(trace: Trace, nodes: np.ndarray, places: PlaceTable) -> Integers:
    """Return the numbers of the places at which tasks were created, or of their coroutines."""
    unique, inverse = np.unique(nodes, return_inverse=True)
    numbers = [places.add(trace.words.location(int(node))) if node else 0 for node in unique]
    return np.array(numbers, np.int64)[inverse] if len(unique) else np.zeros(0, np.int64)


def _job_columns(trace: Trace, places: PlaceTable) -> dict[str, Integers]:
    """Return the columns of the work that worker threads did, in order of the jobs' ids."""
    jobs = [trace.jobs[number] for number in sorted(trace.jobs)]
    begin = np.array([job.begin_ns for job in jobs], np.int64)
    return {
        "jobBegin": np.diff(begin - trace.begin_ns, prepend=0),
        "jobDuration": np.array([job.end_ns for job in jobs], np.int64) - begin,
        "jobPlace": np.array([places.add(job.function) for job in jobs], np.int64),
    }


def _failures(trace: Trace, places: PlaceTable) -> list[dict[str, object]]:
    row_of = trace.tasks.row_of
    return [
        {
            "row": int(row_of[one.task_id]) if 0 <= one.task_id < len(row_of) else -1,
            "time": one.time_ns - trace.begin_ns,
            "exception": clip(one.exception),
            "message": clip(one.message),
            "place": places.add(one.where),
            "retrieved": one.retrieved,
        }
        for one in trace.failures
    ]


def _stalls(summary: Summary, places: PlaceTable) -> list[dict[str, object]]:
    """Describe the stalls, one entry a line of the program, the worst first."""
    return [
        {
            "place": places.add(stall.where),
            "inside": places.add(stall.inside),
            "call": clip(stall.call),
            "kind": stall.kind,
            "heldNs": stall.held_ns,
            "longestNs": stall.longest_ns,
            "delayedTasks": stall.delayed_tasks_count,
            "delayedNs": stall.delayed_ns,
            "steps": list(stall.step_indexes),
        }
        for stall in summary.stalls
    ]
