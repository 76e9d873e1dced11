"""What the page says in words: the line under its title, and all of it where scripts are off."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from loopscope.analysis.critical_path import PathPart, Share
from loopscope.analysis.summary import Summary
from loopscope.model.units import counted, format_ns
from loopscope.views.html.places import clip

MOST_PARTS = 8


def totals_text(summary: Summary) -> str:
    """Return the line under the title: how long, how many, and whether it was simulated."""
    trace = summary.trace
    said = [
        format_ns(trace.total_ns),
        counted(len(summary.rows), "task"),
        counted(len(trace.steps), "step"),
    ]
    if trace.info.seed is not None:
        said.append(f"simulated, seed {trace.info.seed}")
    if not trace.info.is_complete:
        said.append("the recording is not complete")
    if trace.info.damage:
        said.append(f"the file is damaged: {clip(trace.info.damage)}")
    return " · ".join(said)


def plain_words(summary: Summary, findings: Sequence[Mapping[str, object]]) -> str:
    """Return what the report says, as lines of text.

    Args:
        summary: The summary.
        findings: As ``findings_data`` returns them.
    """
    path = summary.loops[0].path if summary.loops else None
    lines = ["What the time was made of:"]
    lines += [_part(part) for part in path.parts[:MOST_PARTS]] if path is not None else []
    lines += ["", "Findings:"]
    for one in findings:
        place = f"{PurePath(str(one['file'])).name}:{one['line']}"
        lines.append(f"  {clip(place)}  {one['title']}. {one['message']} {one['remedy']}")
    if not findings:
        lines.append("  No rule found anything wrong in this run.")
    return "\n".join(lines)


def _part(part: PathPart) -> str:
    what = f"waiting ({part.kind.value})" if part.kind else part.share.value
    said = f"{part.what} " if part.what else ""
    where = f"at {part.where.short}" if part.share is not Share.OUTSIDE else ""
    return clip(f"  {format_ns(part.total_ns):>8}  {what}: {said}{where}")
