"""One moment as text: what ran, what was ready in which order, what the others waited for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

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
from loopscope.views.terminal.glyphs import STYLES, Glyphs
from loopscope.views.terminal.units import format_clock
from loopscope.views.terminal.wrapping import hanging

MOST_LISTED = 20
"""Of more entries than this in one list, the rest is counted."""

MOST_NAMED = 3
_MOST_ALIKE = 3

_LONGEST_CODE = 32


@dataclass(frozen=True, slots=True)
class _Item:
    """An entry of a list: what is said of a task, since when, and more of it alone."""

    name: str
    said: str
    since_ns: int
    is_ready: bool
    shared_note: str = ""
    own_note: str = ""


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
        names = [one.name for loop in moment.loops for one in loop.ready]
        names += [one.name for loop in moment.loops for one in loop.suspended]
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
        yield from self._list("Suspended", _alike([self._suspended(one) for one in rest]))

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
        text = Text.assemble((name if running.task_id else f"{name}()", style))
        text.append(" holds the loop" if running.is_stall else " runs")
        where = running.seen_at or running.resumed_at
        code = self._glyphs.clean(running.seen_code)
        if running.wakes:
            text = Text(f"The loop is just waking {self._people(running.wakes)}")
        elif running.seen_at is not None:
            inside = f" in {code}" if code.endswith(")") and len(code) <= _LONGEST_CODE else ""
            text.append(f"{inside} at {self._place(running.seen_at)}")
        elif where is not None:
            text.append(f", resumed at {self._place(where)}")
        elif running.task_id:
            text.append(", from its beginning")
        took = self._glyphs.duration(running.end_ns - running.begin_ns)
        text.append(f": {self._ago(running.begin_ns)} so far, {took} in all")
        if running.beneath:
            text.append(f" (started by {self._people(running.beneath)}, which waits inside)")
        yield from self._line(text)

    def _list(self, head: str, items: list[_Item]) -> Iterator[Text]:
        """Write a list; neighbours of whom the same is said share an entry."""
        if not items:
            return
        yield Text()
        yield from self._line(Text(f"{head} ({len(items):,}):"))
        told = 0
        for at, (_, group) in enumerate(groupby(items, lambda item: item.said)):
            same = list(group)
            if at >= MOST_LISTED:
                break
            told += len(same)
            if len(same) <= _MOST_ALIKE:
                for item in same:
                    yield from self._entry(item)
            else:
                yield from self._joint_entry(same)
        if told < len(items):
            more = f"  and {len(items) - told:,} more"
            yield from self._line(Text(more, STYLES["faint"]))

    def _entry(self, item: _Item) -> Iterator[Text]:
        shown = self._glyphs.fit(self._glyphs.clean(item.name), self._name_width)
        start = Text("  ").append(set_cell_size(shown, self._name_width), STYLES["name"])
        return hanging(start.append("  "), self._sentence(item), self._width)

    def _joint_entry(self, items: list[_Item]) -> Iterator[Text]:
        names = self._people([item.name for item in items])
        yield from hanging(Text("  "), Text(names, STYLES["name"]), self._width)
        longest = max(items, key=lambda item: self._moment.time_ns - item.since_ns)
        start = Text(" " * (self._name_width + 4))
        yield from hanging(start, self._sentence(longest, "up to "), self._width)

    def _sentence(self, item: _Item, bound: str = "") -> Text:
        ago = f"for {bound}{self._ago(item.since_ns)}"
        if item.is_ready:
            return Text(f"{ago}: {item.said}", STYLES["ready"])
        notes = [item.shared_note, "" if bound else item.own_note]
        return Text("; ".join([f"{item.said} {ago}", *filter(None, notes)]))

    def _people(self, names: Sequence[str]) -> str:
        shown = [self._glyphs.clean(name) for name in names[:MOST_NAMED]]
        rest = len(names) - len(shown)
        return ", ".join(shown) + (f" and {rest:,} more" if rest else "")

    def _ready(self, one: Ready) -> _Item:
        name = one.name if one.task_id else f"{one.name}()"
        return _Item(name, self._woken_by(one.cause), one.since_ns, is_ready=True)

    def _woken_by(self, cause: Cause) -> str:
        if cause.name:
            how = "by the end of" if cause.is_end else "by"
            return f"woken {how} {self._glyphs.clean(cause.name)}"
        if cause.function is not None and cause.kind is WakeKind.STEP:
            return f"woken by {self._glyphs.clean(cause.function.function)}()"
        words = {
            WakeKind.TIMER: "its timer is due",
            WakeKind.IO: "woken by I/O",
            WakeKind.THREAD: "woken by a thread",
            WakeKind.OUTSIDE: "woken from outside the loop",
        }
        return words.get(cause.kind, "woken by something unknown")

    def _suspended(self, one: Suspended) -> _Item:
        awaited = one.awaited
        what = self._glyphs.clean(awaited.phrase)
        code = self._glyphs.clean(awaited.code)
        if code and len(code) <= _LONGEST_CODE and awaited.label not in ("task group", "gather"):
            what += f" ({code})"
        notes = []
        if one.others_count:
            notes.append(f"{one.others_count:,} other {_tasks(one.others_count)} too")
        if one.children_count:
            notes.append(f"{one.children_count:,} of its tasks still live")
        if one.until_ns is None:
            notes.append("the recording knows no end")
        said = f"waits for {what} at {self._place(awaited.where)}"
        holder = f"{self._glyphs.clean(one.held_by)} has it" if one.held_by else ""
        return _Item(
            one.name,
            said,
            one.since_ns,
            is_ready=False,
            shared_note=holder,
            own_note=", ".join(notes),
        )

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


def _alike(items: list[_Item]) -> list[_Item]:
    """Bring entries of which the same is said together, where the first of them stands."""
    order: dict[str, int] = {}
    for item in items:
        order.setdefault(item.said, len(order))
    return sorted(items, key=lambda item: order[item.said])


def _tasks(count: int) -> str:
    return "task" if count == 1 else "tasks"
