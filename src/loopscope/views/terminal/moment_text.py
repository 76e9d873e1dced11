"""One moment as text: what ran, what was ready in which order, what the others waited for."""

from collections import Counter
from collections.abc import Iterable, Iterator

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from loopscope.analysis.moment_parts import (
    LoopMoment,
    LoopState,
    Moment,
    Ready,
    Running,
    Suspended,
)
from loopscope.analysis.wakes import Cause
from loopscope.model.kinds import WakeKind
from loopscope.model.location import Location
from loopscope.views.terminal.events_text import hanging
from loopscope.views.terminal.glyphs import STYLES, Glyphs
from loopscope.views.terminal.units import format_clock

MOST_LISTED = 15
"""Of more tasks than this in one list, the rest is counted."""

_LONGEST_CODE = 32


def moment_lines(moment: Moment, glyphs: Glyphs, width: int) -> list[Text]:
    """Write a moment.

    Args:
        moment: The moment.
        glyphs: The signs that can be shown.
        width: How many cells a line may have.
    """
    return list(_MomentText(moment, glyphs, width).lines())


class _MomentText:
    def __init__(self, moment: Moment, glyphs: Glyphs, width: int) -> None:
        self._moment = moment
        self._glyphs = glyphs
        self._width = width
        names = [one.name for loop in moment.loops for one in (*loop.ready, *loop.suspended)]
        longest = max((cell_len(glyphs.clean(name)) for name in names), default=0)
        self._name_width = min(max(longest, 4), width // 4)

    def lines(self) -> Iterator[Text]:
        """Write the head, then each loop."""
        moment = self._moment
        at = format_clock(moment.time_ns - moment.origin_ns)
        total = format_clock(moment.total_ns)
        yield from self._line(Text.assemble((f"At {at}", STYLES["name"]), f" of {total}"))
        counts = [
            f"{count:,} {_tasks(count)} {words}"
            for count, words in (
                (moment.over_count, "over by then"),
                (moment.not_yet_count, "not yet created"),
            )
            if count
        ]
        if counts:
            yield from self._line(Text(", ".join(counts), STYLES["faint"]))
        for loop in moment.loops:
            if len(moment.loops) > 1:
                thread = self._glyphs.clean(loop.loop.thread)
                yield Text()
                yield from self._line(Text(f"loop {loop.loop.id} in {thread}", STYLES["name"]))
            yield from self._loop(loop)

    def _loop(self, loop: LoopMoment) -> Iterator[Text]:
        yield from self._doing(loop)
        queued = [one for one in loop.ready if one.is_noticed]
        due = [one for one in loop.ready if not one.is_noticed]
        yield from self._list("Ready, in this order", [self._ready(one) for one in queued])
        yield from self._list(
            "Due, but the loop has not looked yet", [self._ready(one) for one in due]
        )
        rest = sorted(loop.suspended, key=lambda one: one.since_ns)
        yield from self._list("Suspended, the longest first", [self._suspended(one) for one in rest])
        if len(rest) > MOST_LISTED:
            yield from self._kinds(rest)

    def _doing(self, loop: LoopMoment) -> Iterator[Text]:
        yield Text()
        if loop.running is not None:
            yield from self._running(loop.running)
            return
        since = self._ago(loop.since_ns)
        words = {
            LoopState.IDLE: f"The loop is idle: nothing has been ready for {since}",
            LoopState.TURNING: "The loop is between two steps",
            LoopState.STOPPED: "The loop does not run",
            LoopState.RUNNING: "",
        }[loop.state]
        if loop.state is LoopState.IDLE:
            words += f", nor will be for {self._until(loop.until_ns)}"
        yield from self._line(Text(words))

    def _running(self, running: Running) -> Iterator[Text]:
        style = STYLES["stall" if running.is_stall else "running"]
        name = self._glyphs.clean(running.name)
        took = self._glyphs.duration(running.end_ns - running.begin_ns)
        text = Text.assemble((name if running.task_id else f"{name}()", style))
        text.append(" holds the loop" if running.is_stall else " runs")
        where = running.seen_at or running.resumed_at
        if running.seen_at is not None:
            text.append(f" at {self._place(running.seen_at)}")
        elif where is not None:
            text.append(f", resumed at {self._place(where)}")
        else:
            text.append(", from its beginning" if running.task_id else "")
        text.append(f": for {self._ago(running.begin_ns)} so far, {took} in all")
        if running.beneath:
            within = ", ".join(self._glyphs.clean(one) for one in running.beneath)
            text.append(f" (started by {within}, which waits inside)")
        yield from self._line(text)

    def _list(self, head: str, items: list[tuple[str, Text]]) -> Iterator[Text]:
        if not items:
            return
        yield Text()
        yield from self._line(Text(f"{head} ({len(items):,}):"))
        for name, sentence in items[:MOST_LISTED]:
            shown = self._glyphs.fit(self._glyphs.clean(name), self._name_width)
            start = Text("  ").append(set_cell_size(shown, self._name_width), STYLES["name"])
            yield from hanging(start.append("  "), sentence, self._width)
        if len(items) > MOST_LISTED:
            more = f"  and {len(items) - MOST_LISTED:,} more"
            yield from self._line(Text(more, STYLES["faint"]))

    def _ready(self, one: Ready) -> tuple[str, Text]:
        name = one.name if one.task_id else f"{one.name}()"
        sentence = f"for {self._ago(one.since_ns)}, {self._woken_by(one.cause)}"
        return name, Text(sentence, STYLES["ready"])

    def _woken_by(self, cause: Cause) -> str:
        if cause.name:
            how = "by the end of" if cause.is_end else "by"
            return f"woken {how} {self._glyphs.clean(cause.name)}"
        if cause.function is not None and cause.kind is WakeKind.STEP:
            return f"woken by {self._glyphs.clean(cause.function.function)}()"
        words = {
            WakeKind.TIMER: "its timer was due",
            WakeKind.IO: "woken by I/O",
            WakeKind.THREAD: "woken by a thread",
            WakeKind.OUTSIDE: "woken from outside the loop",
        }
        return words.get(cause.kind, "woken by something unknown")

    def _suspended(self, one: Suspended) -> tuple[str, Text]:
        awaited = one.awaited
        text = Text("waits for ").append(self._glyphs.clean(awaited.phrase))
        code = self._glyphs.clean(awaited.code)
        if code and len(code) <= _LONGEST_CODE and awaited.label not in ("task group", "gather"):
            text.append(f" ({code})")
        text.append(f" at {self._place(awaited.where)}", STYLES["faint"])
        text.append(f" for {self._ago(one.since_ns)}")
        notes = []
        if one.held_by:
            notes.append(f"{self._glyphs.clean(one.held_by)} has it")
        if one.others_count:
            notes.append(f"{one.others_count:,} other {_tasks(one.others_count)} too")
        if one.children_count:
            notes.append(f"{one.children_count:,} of its tasks still live")
        if one.until_ns is None:
            notes.append("the recording knows no end")
        return one.name, text.append(f"; {', '.join(notes)}" if notes else "")

    def _kinds(self, waiting: Iterable[Suspended]) -> Iterator[Text]:
        """Sum up a long list: what is waited for, where, by how many."""
        counts = Counter((one.awaited.phrase, one.awaited.where) for one in waiting)
        yield Text()
        yield from self._line(Text("All of them wait for:"))
        for (phrase, where), count in counts.most_common(MOST_LISTED):
            shown = f"  {count:>7,}  {self._glyphs.clean(phrase)} at {self._place(where)}"
            yield from self._line(Text(shown))

    def _line(self, text: Text) -> Iterator[Text]:
        return hanging(Text(), text, self._width)

    def _place(self, where: Location) -> str:
        return self._glyphs.clean(where.short)

    def _ago(self, time_ns: int) -> str:
        took = self._glyphs.duration(max(self._moment.time_ns - time_ns, 0))
        return took.replace(" ", "\xa0")

    def _until(self, time_ns: int) -> str:
        took = self._glyphs.duration(max(time_ns - self._moment.time_ns, 0))
        return took.replace(" ", "\xa0")


def _tasks(count: int) -> str:
    return "task" if count == 1 else "tasks"
