"""Steps "shared objects", "effects" and "failure order": what two awaits do to each other."""

from dataclasses import dataclass

from loopscope.source.independence import words
from loopscope.source.independence.effects import Effects, Path, Use
from loopscope.source.independence.verdict import Level, Notes


@dataclass(frozen=True, slots=True)
class Doing:
    """One await with what it does: ``name`` for sentences, ``called`` for what its verbs tell.

    ``is_mute`` says that nobody uses its result, and that its code cannot be seen: so it is
    called for something that it does. ``only_prints`` says that nobody uses its result either,
    and that its code, which can be seen, prints: its lines are all that it is called for.
    """

    name: str
    called: str
    effects: Effects
    is_mute: bool = False
    only_prints: bool = False


def look_at_pair(first: Doing, second: Doing, notes: Notes) -> None:
    """Object where two awaits, the first begun before the second, get in each other's way.

    Args:
        first: The earlier await.
        second: The later one; the same for two rounds of a loop.
        notes: Where objections go.
    """
    _objects(first, second, notes)
    _effects(first, second, notes)
    _failures(first, second, notes)


def clash(one: Effects, other: Effects) -> bool:
    """Whether two pieces of code may not change places, as far as memory is concerned."""
    return bool(_shared(one.writes, other.reads | other.writes) or _shared(one.reads, other.writes))


def _shared(some: set[Path], others: set[Path]) -> list[Path]:
    """Return those of some paths that overlap any of the others."""
    whole = {(other.root, other.fields) for other in others}
    beginnings = {
        (root, fields[:count]) for root, fields in whole for count in range(len(fields) + 1)
    }
    found = [
        one
        for one in some
        if (one.root, one.fields) in beginnings
        or any((one.root, one.fields[:count]) in whole for count in range(len(one.fields)))
    ]
    return sorted(found, key=lambda path: path.text)


def _objects(first: Doing, second: Doing, notes: Notes) -> None:
    one, other = first.effects, second.effects
    for path in _shared(one.single, other.single):
        notes.object(
            "shared objects",
            Level.NO,
            f"Both use `{path.text}`, which does one thing at a time; give each branch its own.",
        )
    unknown = _shared(one.touched, other.touched | other.writes | other.reads)
    unknown += _shared(one.reads | one.writes, other.touched)
    for path in unknown[:1]:
        notes.object(
            "shared objects",
            Level.ASK,
            f"Both use `{path.text}`, and source does not say whether it serves two at a time.",
        )


def _effects(first: Doing, second: Doing, notes: Notes) -> None:
    one, other = first.effects, second.effects
    changed = _shared(one.writes, other.reads | other.writes) or _shared(other.writes, one.reads)
    for path in changed[:1]:
        level = Level.ASK if path.root.startswith("made:") else Level.NO
        notes.object("effects", level, f"One changes `{path.text}`, which the other uses too.")
    if not changed:
        _parts(one, other, notes)
    for use in sorted(one.uses, key=_order):
        for twin in sorted(other.uses, key=_order):
            if use.clashes(twin):
                _resource(use, twin, notes)
    _through_the_outside(one, other, notes)
    for text in sorted(one.unseen | other.unseen)[:3]:
        notes.object("effects", Level.ASK, f"Nobody has seen the code of `{text}`.")
    for each in (first, second):
        if each.effects.is_vast:
            sentence = f"`{each.name}` calls so much code that not all it changes is followed."
            notes.object("effects", Level.ASK, sentence)


def _through_the_outside(one: Effects, other: Effects, notes: Notes) -> None:
    """Ask where one changes something out there, and then a server is asked that may see it."""
    changed = {use.kind for use in one.uses if use.writes} - _NOT_STORED
    asked = {use.kind for use in other.uses if not use.writes}
    if changed and "http" in asked - changed:
        notes.object("effects", Level.ASK, "One changes what the server that is asked may look at.")


_NOT_STORED = {"clock", "console", "keyboard", "order", "process"}


def _parts(one: Effects, other: Effects, notes: Notes) -> None:
    """Object where something inside one part of an object is changed, and another part is used.

    ``self.writer`` and ``self.reader`` may have been given the same buffer.
    """
    for writes, others in ((one.writes, other), (other.writes, one)):
        used = {path.root for path in others.reads | others.writes if len(path.fields) > 1}
        for path in sorted(writes, key=lambda each: each.text):
            if len(path.fields) > 1 and path.root in used:
                sentence = f"One changes `{path.text}`, and the other uses parts that may share it."
                notes.object("effects", Level.ASK, sentence)
                return


def _order(use: Use) -> tuple[str, str, bool]:
    return use.kind, use.key, use.writes


def _resource(use: Use, twin: Use, notes: Notes) -> None:
    what = _RESOURCES.get(use.kind, use.kind)
    where = f" {use.key or twin.key}" if use.key or twin.key else ""
    if use.kind == "clock":
        notes.object(
            "effects", Level.ASK, "Both look at the clock, and may measure what is between."
        )
    elif use.kind == "console":
        notes.object("effects", Level.LIKELY, THEY_PRINT)
    elif use.writes != twin.writes:
        notes.object("effects", Level.NO, f"One writes and one reads {what}{where}.")
    else:
        notes.object("effects", Level.ASK, f"Both write to {what}{where}, in this order so far.")


LINES_ARE_MEANT = "What these await gives nobody uses; they print, and the order may be meant."
THEY_PRINT = "Both print, and their lines would come in another order."

_RESOURCES = {
    "db": "the database",
    "http": "the host",
    "file": "the file",
    "keyboard": "the keyboard",
    "redis": "the store",
    "unknown": "what is behind",
    "process": "what processes change",
    "clock": "the clock",
    "order": "what tasks tell each other",
    "stream": "a stream",
}


def _failures(first: Doing, second: Doing, notes: Notes) -> None:
    for one in (first, second):
        if one.is_mute or set(words.verbs(one.called)) & words.LIFE:
            notes.object(
                "failure order",
                Level.ASK,
                f"`{one.name}` is called for what it does, and its place may be meant.",
            )
        if one.only_prints:
            notes.object("failure order", Level.ASK, LINES_ARE_MEANT)
    verbs = set(words.verbs(first.called))
    guards = sorted(verbs & words.GUARDS)
    if verbs & words.SETTING_UP and first is not second:
        notes.object("failure order", Level.NO, f"`{first.name}` prepares what comes after it.")
    if not second.effects.acts:
        if guards and first is not second:
            notes.object("failure order", Level.ASK, f"`{first.name}` may guard `{second.name}`.")
        return
    if first is not second and (guards or first.effects.raises):
        notes.object(
            "failure order",
            Level.NO,
            f"`{first.name}` can stop `{second.name}`, which changes something.",
        )
        return
    notes.object(
        "failure order",
        Level.ASK,
        f"`{second.name}` changes something, and would now do so even if `{first.name}` fails.",
    )
