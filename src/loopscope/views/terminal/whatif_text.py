"""A prediction as text: before as recorded, before as replayed, after, and what that assumes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rich.text import Text

from loopscope.analysis.whatif.jobs import ENOUGH_WORKERS
from loopscope.analysis.whatif.late_answers import LIKE_OTHERS, NOTICED_LATE
from loopscope.analysis.whatif.offers import find_offers
from loopscope.analysis.whatif.predict import Model, Prediction
from loopscope.model.change_text import spell
from loopscope.model.changes import Change
from loopscope.views.terminal.glyphs import Glyphs
from loopscope.views.terminal.wrapping import hanging

MOST_OFFERED: Final = 8
_LEAST_GAIN: Final = 0.001


def prediction_lines(
    model: Model, changes: Sequence[Change], prediction: Prediction, glyphs: Glyphs, width: int
) -> Iterator[Text]:
    """Yield the lines of a prediction, or of what could be changed if there is no change."""
    yield from _totals(prediction, glyphs, has_change=bool(changes))
    if not changes:
        yield from _offers(model, glyphs, width)
        return
    yield Text()
    yield Text("With", "bold")
    for change in changes:
        yield from hanging(Text("  "), Text(glyphs.clean(spell(change))), width)
    yield Text()
    yield Text("If", "bold")
    for sentence in prediction.assumptions:
        yield from hanging(Text("  - "), Text(glyphs.clean(sentence)), width)
    yield Text()
    yield Text("How sure", "bold")
    yield from hanging(Text("  "), Text(_how_sure(prediction)), width)


def _totals(prediction: Prediction, glyphs: Glyphs, *, has_change: bool) -> Iterator[Text]:
    recorded, replayed = prediction.recorded_ns, prediction.replayed_ns
    off = abs(replayed - recorded) / recorded if recorded else 0.0
    error = f"the model's own error: {off:.1%}"
    yield _total("before, as recorded", recorded, "", glyphs)
    yield _total("before, as replayed", replayed, error, glyphs)
    if has_change:
        yield _total("after", prediction.after_ns, _gain(prediction, glyphs), glyphs, "bold")


def _total(label: str, ns: int, remark: str, glyphs: Glyphs, style: str = "") -> Text:
    line = Text(f"{label:20}", style)
    line.append(f"{glyphs.duration(ns):>9}")
    if remark:
        line.append(f"   {remark}")
    return line


def _gain(prediction: Prediction, glyphs: Glyphs) -> str:
    saves, before, after = prediction.saves_ns, prediction.replayed_ns, prediction.after_ns
    if abs(saves) < before * _LEAST_GAIN:
        return "no gain"
    if saves < 0:
        return f"{glyphs.duration(-saves)} longer"
    up_to = "up to " * prediction.is_at_most
    factor = f"{up_to}{before / after:.1f} times as fast, " if after else ""
    return f"{factor}saves {up_to}{glyphs.duration(saves)}"


def _how_sure(prediction: Prediction) -> str:
    if prediction.is_at_most:
        return (
            "Up to this: it rests on something that the recording cannot show. Make the change and "
            "record again, or simulate it."
        )
    if {LIKE_OTHERS, NOTICED_LATE} & set(prediction.assumptions):
        return "Not to the last: when some answers came, the recording does not show."
    return "Nothing outside the program is assumed."


def _offers(model: Model, glyphs: Glyphs, width: int) -> Iterator[Text]:
    offers = find_offers(model.timeline, model.graph)
    limits = {
        f"{name} (now {size})" if size < ENOUGH_WORKERS else name: 0
        for name, size in offers.limits.items()
    }
    yield Text()
    yield Text("What could be changed", "bold")
    yield from _offer("--together", offers.waits, glyphs, width)
    yield from _offer("--off-loop", offers.held, glyphs, width)
    yield from _offer("--host", offers.hosts, glyphs, width)
    yield from _offer("--limit", limits, glyphs, width)


def _offer(option: str, names: Mapping[str, int], glyphs: Glyphs, width: int) -> Iterator[Text]:
    if not names:
        return
    shown = ", ".join(list(names)[:MOST_OFFERED])
    if len(names) > MOST_OFFERED:
        shown += f" and {len(names) - MOST_OFFERED} more"
    yield from hanging(Text(f"  {option:12}"), Text(glyphs.clean(shown)), width)
