"""The task timeline as text: a lane for the loop, a row for each task or coroutine, a legend."""

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.text import Text

from loopscope.analysis.names import TaskNames
from loopscope.analysis.timeline import Lives, Timeline
from loopscope.model.kinds import Fate, WaitKind
from loopscope.views.terminal.columns import Scale, stretches
from loopscope.views.terminal.glyphs import STYLES, Glyphs
from loopscope.views.terminal.grouping import Group, group_tasks
from loopscope.views.terminal.timeline_labels import Labels
from loopscope.views.terminal.timeline_view import (
    STATE_OF_KIND,
    SUSPENDED,
    Row,
    State,
    TimelineView,
    lane_groups,
    time_scale,
    timeline_view,
)
from loopscope.views.terminal.units import axis_times

_LEAST_COLUMNS: Final = 10
_AXIS_LABEL_WIDTH: Final = 11
_MOST_NAME_SHARE: Final = 4
_LEAST_NAME: Final = 12
_LEAST_LABELLED: Final = 7

_SIGN: Final = {
    State.SLEEP: "sleep",
    State.IO: "io",
    State.SYNC: "sync",
    State.TASK: "task",
    State.READY: "ready",
    State.PART: "part",
    State.MOST: "most",
    State.RUNNING: "running",
    State.STALL: "stall",
    State.IDLE: "idle",
}
_STYLE: Final = _SIGN | {State.PART: "running", State.MOST: "running"}
_KIND_WORDS: Final = {
    WaitKind.IO: "I/O",
    WaitKind.EXECUTOR: "thread",
    WaitKind.SUBPROCESS: "subprocess",
    WaitKind.YIELD: "",
}
_END_WORDS: Final = {Fate.PENDING: "not over", Fate.ABANDONED: "abandoned while pending"}

LabelOf = Callable[[int, State, int, int], list[str]]


def timeline_lines(  # noqa: PLR0913, PLR0917 - the parts of a picture
    timeline: Timeline,
    lives: Lives,
    width: int,
    glyphs: Glyphs,
    rows: int = 20,
    task_id: int | None = None,
) -> list[Text]:
    """Draw the timeline.

    Args:
        timeline: The timeline.
        lives: Its tasks' lives.
        width: How many cells a line may have.
        glyphs: The signs to draw with.
        rows: More tasks than this are grouped by coroutine, and more coroutines put together.
        task_id: Draw only this task, over its own lifetime.

    Returns:
        The lines, none wider than ``width``; none at all if nothing ran.
    """
    if not timeline.trace.runs:
        return []
    names_width = max(width // _MOST_NAME_SHARE, min(_LEAST_NAME, width - _LEAST_COLUMNS - 2), 2)
    grouping = group_tasks(timeline, lives, TaskNames(timeline.trace), max(rows, 1), task_id)
    groups = [*lane_groups(timeline.trace), *grouping.groups]
    names = [_name(group, glyphs, names_width) for group in groups]
    names_width = max(cell_len(name) for name in names)
    columns = max(width - names_width - 2, _LEAST_COLUMNS)
    view = timeline_view(timeline, lives, grouping, time_scale(timeline, lives, columns, task_id))
    labels = Labels(timeline, view, glyphs)
    axis = _axis(view.scale, timeline.trace.begin_ns)
    lines = [Text(" " * (names_width + 1)).append(axis, STYLES["faint"])]
    lanes = len(view.lanes)
    for at, row in enumerate((*view.lanes, *view.rows)):
        line = Text(set_cell_size(names[at], names_width) + " ", end="")
        if at < lanes:
            line.stylize(STYLES["faint"])
            _draw(line, row, at, labels.of_lane, glyphs)
        else:
            _draw(line, row, at - lanes, labels.of_row, glyphs)
        line.rstrip()
        lines.append(line)
    return [
        _cut(line, width)
        for line in (*lines, Text(), *_legend(view, grouping.is_grouped, glyphs, width))
    ]


def _cut(line: Text, width: int) -> Text:
    line.no_wrap = True
    line.end = "\n"
    line.truncate(width)
    return line


def _name(group: Group, glyphs: Glyphs, width: int) -> str:
    name = glyphs.clean(group.name)
    count = f" {glyphs.times}{group.count:,}" if group.count > 1 else ""
    return glyphs.fit(name, max(width - len(count), 2)) + count


def _axis(scale: Scale, origin_ns: int) -> str:
    """Write each time where its column begins."""
    begin, end = scale.begin_ns - origin_ns, scale.end_ns - origin_ns
    text = ""
    for time, label in axis_times(begin, end, max(scale.columns // _AXIS_LABEL_WIDTH, 1)):
        column = round((time - begin) / scale.column_ns)
        if column + len(label) <= scale.columns + 1:
            text = text.ljust(column) + label
    return text


def _draw(line: Text, row: Row, at: int, label_of: LabelOf, glyphs: Glyphs) -> None:
    """Append the cells of a row, one span for each stretch of equal state."""
    for value, first, stop in stretches(row.states):
        state = State(value)
        if state is State.BLANK:
            line.append(" " * (stop - first))
            continue
        sign, style = str(getattr(glyphs, _SIGN[state])), STYLES[_STYLE[state]]
        label = _fitting(
            label_of(at, state, first, stop) if stop - first >= _LEAST_LABELLED else [],
            stop - first,
        )
        if not label:
            line.append(sign * (stop - first), style)
            continue
        label_style = STYLES.get(f"{_STYLE[state]}_label", style)
        line.append(sign, style).append(f" {label} ", label_style)
        line.append(sign * (stop - first - 3 - cell_len(label)), style)
    if row.end_column >= 0:
        fate = row.group.fate
        spare = row.end_column - len(row.states)
        if spare < 0:  # blank cells after the end: the mark takes the first
            line.right_crop(-spare)
        line.append(glyphs.end(fate), STYLES[fate.word])


def _fitting(labels: Iterable[str], width: int) -> str:
    return next((label for label in labels if cell_len(label) + 4 <= width), "")


def _legend(view: TimelineView, is_grouped: bool, glyphs: Glyphs, width: int) -> list[Text]:
    cells = np.unique(np.concatenate([row.states for row in (*view.lanes, *view.rows)]))
    shown = {State(value) for value in cells.tolist()}
    if State.MOST in shown:
        shown.add(State.PART)
    took = glyphs.duration(round(view.scale.column_ns))
    doing = [
        (State.RUNNING, "running"),
        (State.PART, f"ran for less than a column ({took})"),
        (State.STALL, "held the loop (a stall)"),
        (State.READY, "ready, but the loop was busy"),
        (State.IDLE, "the loop was idle"),
    ]
    items = [_item(glyphs, state, words) for state, words in doing if state in shown]
    lines = _flow(items, "", width)
    waits = [
        _item(glyphs, state, words, 2)
        for state in SUSPENDED
        if state in shown and (words := _kinds_of(state, view.kinds))
    ]
    lines += _flow(waits, "suspended: ", width)
    fates = sorted({row.group.fate for row in view.rows}, key=lambda fate: (not fate, fate))
    ends = [
        Text.assemble((glyphs.end(fate), STYLES[fate.word]), f" {_END_WORDS.get(fate, fate.word)}")
        for fate in fates
    ]
    lines += _flow(ends, "ends: ", width)
    if is_grouped:
        lines.append(Text("One row a coroutine, the most delayed first.", STYLES["faint"]))
    return lines


def _kinds_of(state: State, kinds: frozenset[WaitKind]) -> str:
    own = [kind for at, kind in enumerate(WaitKind) if STATE_OF_KIND[at] == state]
    if state is State.TASK:
        return "another task"
    words = [_KIND_WORDS.get(kind, kind.value) for kind in own if kind in kinds]
    return ", ".join(word for word in words if word) or "sleep"


def _item(glyphs: Glyphs, state: State, words: str, count: int = 1) -> Text:
    sign = str(getattr(glyphs, _SIGN[state])) * count
    return Text.assemble((sign, STYLES[_STYLE[state]]), (f" {words}", STYLES["faint"]))


def _flow(items: list[Text], head: str, width: int) -> list[Text]:
    """Put items beside each other, in as many lines as they need."""
    lines: list[Text] = []
    for item in items:
        if lines and lines[-1].cell_len + 3 + item.cell_len <= width:
            lines[-1].append("   ").append(item)
        else:
            lines.append(Text(" " * len(head) if lines else head).append(item))
    return lines
