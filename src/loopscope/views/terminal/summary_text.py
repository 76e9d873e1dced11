"""The summary of a recording in words: what a person reads in ten seconds, then detail."""

from collections.abc import Iterator

from rich.text import Text

from loopscope.analysis.contention import Contention
from loopscope.analysis.critical_path import PathPart, Share
from loopscope.analysis.summary import LoopSummary, Summary
from loopscope.analysis.tasks import open_waits
from loopscope.model.location import Location
from loopscope.model.records import Failure, NeverAwaited, Stall, Wait
from loopscope.model.units import counted
from loopscope.views.terminal.glyphs import Glyphs
from loopscope.views.terminal.pen import FATE_WORDS, Pen
from loopscope.views.terminal.wrapping import hanging

MOST_PARTS = 6
MOST_ROWS = 5
LEAST_SHARE = 0.005
"""Parts of the critical path below this share of the total are summed up in one line."""


def summary_lines(
    summary: Summary, glyphs: Glyphs, width: int, *, is_brief: bool = False
) -> Iterator[Text]:
    """Yield the lines of the summary.

    Args:
        summary: What to tell.
        glyphs: Unicode or ASCII.
        width: Columns; longer lines are cut at the end.
        is_brief: Leave out the detail below the findings, for the end of ``run``.
    """
    writer = _Writer(summary, glyphs, width)
    yield from writer.head()
    if not summary.loops:
        yield Text("No event loop ran, so there is nothing to show.")
        for note in summary.trace.notes:
            yield from hanging(Text(), Text(glyphs.clean(note)), width)
        return
    for loop in summary.loops[: 1 if is_brief else 3]:
        yield from writer.made_of(loop)
    yield from writer.load()
    yield from writer.stalls()
    yield from writer.contention()
    yield from writer.troubles()
    if not is_brief:
        yield from writer.tasks()


class _Writer:
    """Writes the sections of one summary."""

    def __init__(self, summary: Summary, glyphs: Glyphs, width: int) -> None:
        self._summary = summary
        self._trace = summary.trace
        self._glyphs = glyphs
        self._pen = Pen(summary.trace, glyphs, width)

    def head(self) -> Iterator[Text]:
        """Program, total, tasks; and anything that limits what the recording can tell."""
        info, summary = self._trace.info, self._summary
        line = Text(self._glyphs.clean(info.short_name) or "(program)", "bold")
        line.append(f"  {self._pen.time(self._trace.total_ns)}", "bold")
        line.append(f"  {counted(len(summary.rows), 'task')}")
        line.append(f"  {counted(len(self._trace.steps), 'step')}")
        busy = sum(loop.use.running_ns for loop in summary.loops)
        if self._trace.total_ns and len(summary.loops) == 1:
            line.append(f"  loop busy {100 * busy / self._trace.total_ns:.0f} %", "dim")
        if info.seed is not None:
            line.append(f"  simulated, seed {info.seed}", "dim")
        yield self._pen.fit(line)
        for warning in self._warnings():
            yield self._pen.fit(Text(warning, "bold red"))

    def _warnings(self) -> Iterator[str]:
        info = self._trace.info
        if info.lost_count:
            yield f"{counted(info.lost_count, 'record')} could not be written and are missing here."
        if info.gave_up:
            reason = self._glyphs.clean(" ".join(self._trace.notes)) or "unknown reason"
            yield f"The recorder gave up early because of an error of its own: {reason}"
        elif not info.is_complete:
            yield "The recording is not complete: its process still runs, or it was killed."
        if info.damage:
            yield info.damage
        if info.probe == "python":
            yield "Recorded by the pure-Python probe, which costs more than the one in C."

    def made_of(self, loop: LoopSummary) -> Iterator[Text]:
        """What the total is made of along the critical path."""
        path = loop.path
        if path is None:
            return
        title = f"What the {self._pen.time(path.total_ns)} were made of"
        if len(self._summary.loops) > 1:
            title += f" (loop {loop.info.id}, {self._glyphs.clean(loop.info.thread)})"
        yield from self._pen.title(title)
        least = path.total_ns * LEAST_SHARE
        shown = [part for part in path.parts if part.total_ns >= least][:MOST_PARTS]
        for part in shown:
            yield self._pen.fit(self._part(part, path.total_ns))
            if part.behind:
                behind = self._pen.name(part.behind)
                yield self._pen.fit(Text(f"{'':37}behind {behind}, which ran longest", "dim"))
            if part.callers:
                yield self._pen.fit(Text(f"{'':37}from {self._places(part.callers)}", "dim"))
        rest = path.total_ns - sum(part.total_ns for part in shown)
        if rest >= least:
            share = _percent(rest, path.total_ns)
            yield Text(f"  {self._pen.time(rest):>8} {share}  all else", "dim")

    def _part(self, part: PathPart, total: int) -> Text:
        line = Text(f"  {self._pen.time(part.total_ns):>8} {_percent(part.total_ns, total)}  ")
        if part.share is Share.OUTSIDE:
            line.append("outside  before, between and after its tasks")
            return line
        waits_for = part.kind.value if part.kind is not None else ""
        busy = "busy loop" if part.share is Share.READY else waits_for
        line.append(f"{part.share.value:7}  {busy:9}  ")
        line.append(self._glyphs.clean(part.where.short), "bold")
        what = part.what if part.share is Share.WAITING else f"{part.what}()"
        line.append(f"  {self._glyphs.clean(what)}")
        if part.count > 1:
            self._pen.append_right(line, f"{self._glyphs.times}{part.count:,}")
        return line

    def _places(self, places: tuple[Location, ...]) -> str:
        """Write places; a file that is the same as before is left out."""
        words, file = [], ""
        for place in places:
            words.append(f":{place.line}" if place.file == file else place.short)
            file = place.file
        return self._glyphs.clean(", ".join(words))

    def load(self) -> Iterator[Text]:
        """Overlap of waits, and loop lag."""
        overlap, lag = self._summary.overlap, self._summary.lag
        yield Text()
        if overlap.peak_count:
            yield self._pen.fit(
                Text(
                    f"Waits at once: {overlap.mean_count:,.1f} on average, "
                    f"{overlap.peak_count:,} at most{_overlap_remark(self._summary)}."
                )
            )
        yield self._pen.fit(
            Text(
                f"Loop lag: median {self._pen.time(lag.median_ns)}, 99 % up to "
                f"{self._pen.time(lag.p99_ns)}, worst {self._pen.time(lag.max_ns)} "
                f"at {self._pen.time(lag.max_at_ns)}."
            )
        )

        paused = sum(pause.end_ns - pause.begin_ns for pause in self._trace.pauses if pause.loop)
        if paused >= _WORTH_TELLING_NS:
            times = counted(sum(bool(pause.loop) for pause in self._trace.pauses), "time")
            told = (
                f"The garbage collector paused the loop {times}, {self._pen.time(paused)} in all."
            )
            yield self._pen.fit(Text(told))

    def stalls(self) -> Iterator[Text]:
        """Lines that held the loop."""
        stalls = self._summary.stalls
        if not stalls:
            return
        held = self._pen.time(sum(stall.held_ns for stall in stalls))
        times = counted(sum(stall.count for stall in stalls), "time")
        yield from self._pen.title(f"The loop was held {times}, {held} in all")
        for stall in stalls[:MOST_ROWS]:
            yield from self._stall(stall)
        yield from self._pen.more(len(stalls) - MOST_ROWS, "line")

    def _stall(self, stall: Stall) -> Iterator[Text]:
        line = Text("  ")
        line.append(f"{self._glyphs.stall} {self._pen.time(stall.held_ns):>7}", "bold red")
        line.append(f"  {stall.kind:9}  ")
        line.append(stall.where.short, "bold")
        line.append(f"  {self._glyphs.clean(stall.call or stall.where.function + '()')}")
        if stall.count > 1:
            self._pen.append_right(line, f"{self._glyphs.times}{stall.count:,}")
        yield self._pen.fit(line)
        if stall.inside is not None:
            inside = self._glyphs.clean(stall.inside.function)
            yield self._pen.fit(Text(f"{'':23}in {inside}", "dim"))
        if stall.delayed_tasks_count:
            delayed = counted(stall.delayed_tasks_count, "task")
            lost = self._pen.time(stall.delayed_ns)
            yield self._pen.fit(
                Text(f"{'':23}meanwhile {delayed} could have run: {lost} lost in all", "dim")
            )

    def contention(self) -> Iterator[Text]:
        """Locks, semaphores and queues that tasks waited in line for."""
        found = [one for one in self._summary.contention if one.waited_ns >= _WORTH_TELLING_NS]
        if not found:
            return
        yield from self._pen.title("Tasks waited in line")
        for one in found[:MOST_ROWS]:
            yield from self._contention(one)
        yield from self._pen.more(len(found) - MOST_ROWS, "place")

    def _contention(self, one: Contention) -> Iterator[Text]:
        line = Text(f"  {self._pen.time(one.waited_ns):>9}  {one.kind.value:9}  ")
        line.append(one.where.short, "bold")
        line.append(f"  {self._glyphs.clean(one.name)}")
        yield self._pen.fit(line)
        tasks = counted(one.tasks_count, "task")
        yield self._pen.fit(
            Text(
                f"{'':23}{tasks}, {counted(one.waits_count, 'wait')}, up to "
                f"{one.peak_waiting_count:,} in line, longest {self._pen.time(one.longest_ns)}",
                "dim",
            )
        )
        if one.holders:
            holder = one.holders[0]
            who = f"{self._glyphs.clean(holder.coroutine.function)}()"
            if holder.tasks_count > 1:
                who += f" in {counted(holder.tasks_count, 'task')}"
            what = f" during {self._glyphs.clean(holder.what)}" if holder.what else ""
            verb = "held" if one.kind.value in ("lock", "semaphore") else "handed on"
            yield self._pen.fit(Text(f"{'':23}{verb} by {who}, {holder.where.short}{what}", "dim"))

    def troubles(self) -> Iterator[Text]:
        """Failures, lost exceptions, coroutines never awaited."""
        failures, dropped = self._trace.failures, self._trace.never_awaited
        waits = open_waits(self._summary.timeline, self._summary.lives, self._summary.rows)
        if not failures and not dropped and not waits:
            return
        yield from self._pen.title("What went wrong")
        yield from self._failures(failures)
        for one in dropped[:MOST_ROWS]:
            yield self._pen.fit(self._never_awaited(one))
        yield from self._pen.more(len(dropped) - MOST_ROWS, "coroutine")
        for wait in sorted(waits, key=lambda wait: -wait.duration_ns)[:MOST_ROWS]:
            yield self._pen.fit(self._unfinished(wait))
        yield from self._pen.more(len(waits) - MOST_ROWS, "task that did not end")

    def _failures(self, failures: list[Failure]) -> Iterator[Text]:
        # Lost exceptions first: nobody else tells of them.
        ordered = sorted(failures, key=lambda failure: failure.retrieved)
        for failure in ordered[:MOST_ROWS]:
            name = self._pen.name(failure.task_id)
            where = failure.where.short if failure.where else "?"
            line = Text(f"  {self._glyphs.raised} ")
            line.append(where, "bold")
            error = self._glyphs.clean(f"{failure.exception}: {failure.message}")
            line.append(f"  {error}  in {name}")
            if not failure.retrieved:
                line.append(", never retrieved", "bold red")
            yield self._pen.fit(line)
        yield from self._pen.more(len(failures) - MOST_ROWS, "failed task")

    def _never_awaited(self, one: NeverAwaited) -> Text:
        line = Text(f"  {self._glyphs.raised} ")
        line.append(one.where.short if one.where else "?", "bold")
        line.append(
            f"  {self._glyphs.clean(one.coroutine.function)}() was called but never awaited"
        )
        return line

    def _unfinished(self, wait: Wait) -> Text:
        line = Text(f"  {self._glyphs.pending} ")
        line.append(wait.where.short, "bold")
        name = self._pen.name(wait.task_id)
        line.append(f"  {name} still waited for {self._glyphs.clean(wait.what)} at the end")
        return line

    def tasks(self) -> Iterator[Text]:
        """How tasks ended, and the slowest waits."""
        summary = self._summary
        ends = ", ".join(f"{count:,} {FATE_WORDS[fate]}" for fate, count in summary.fates.items())
        yield from self._pen.title(f"Tasks: {ends}" if ends else "No tasks")
        if not summary.slowest:
            return
        yield Text("  slowest waits:", "dim")
        for wait in summary.slowest[:MOST_ROWS]:
            yield self._pen.fit(self._slow_wait(wait))

    def _slow_wait(self, wait: Wait) -> Text:
        line = Text(f"  {self._pen.time(wait.duration_ns):>9}  {wait.kind.value:9}  ")
        line.append(wait.where.short, "bold")
        line.append(f"  {self._glyphs.clean(wait.what)}")
        self._pen.append_right(line, self._pen.name(wait.task_id))
        return line


_WORTH_TELLING_NS = 1_000_000


def _overlap_remark(summary: Summary) -> str:
    if summary.overlap.peak_count == 1:
        return ": nothing was waited for side by side"
    return ""


def _percent(part: int, total: int) -> str:
    return f"{100 * part / total:3.0f} %" if total else "  0 %"
