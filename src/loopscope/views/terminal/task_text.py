"""All about one task, as text: who made it, how it ended, what its life was made of."""

from collections.abc import Iterator

from rich.text import Text

from loopscope.analysis.summary import Summary
from loopscope.analysis.tasks import task_life
from loopscope.model.units import counted
from loopscope.views.terminal.glyphs import Glyphs
from loopscope.views.terminal.pen import FATE_WORDS, Pen


def task_lines(summary: Summary, task_id: int, glyphs: Glyphs, width: int) -> Iterator[Text]:
    """Yield what is known of one task."""
    trace = summary.trace
    pen = Pen(trace, glyphs, width)
    life = task_life(summary.timeline, summary.lives, int(trace.tasks.row_of[task_id]))
    task = life.task
    line = Text(glyphs.clean(task.name), "bold")
    line.append(f"  {glyphs.clean(task.coroutine.function)}() {task.coroutine.short}")
    yield pen.fit(line)
    made = f"at {task.creator.short}" if task.creator else "before the recording"
    parent = trace.task(task.parent_id).name if task.parent_id else ""
    by = f" by {glyphs.clean(parent)}" if parent else ""
    since = pen.time(task.created_ns - trace.begin_ns)
    yield pen.fit(Text(f"created   {since}  {made}{by}"))
    end = FATE_WORDS[life.fate]
    if life.cancelled_by:
        end += f" by {glyphs.clean(life.cancelled_by)}"
    at = pen.time(life.ended_ns - trace.begin_ns)
    yield pen.fit(Text(f"ended     {at}  {end}" if life.fate else "ended     not yet"))
    yield pen.fit(
        Text(
            f"lived     {pen.time(life.life_ns)}: running {pen.time(life.running_ns)}, "
            f"ready {pen.time(life.ready_ns)}, suspended "
            f"{pen.time(life.suspended_ns)} in {counted(life.steps_count, 'step')}"
        )
    )
    yield Text()
