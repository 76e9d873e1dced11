"""Facts about the same program with a change: how long it would take."""

from loopscope.analysis.whatif.changed import NothingThere
from loopscope.analysis.whatif.predict import make_model, predict
from loopscope.learn.facts.fact import Arguments, Fact, no_such, text
from loopscope.learn.facts.studied import Studied
from loopscope.learn.facts.totals import seconds
from loopscope.model.change_text import read_off_loop, read_together
from loopscope.model.changes import Change, NoStalls


def whatif(studied: Studied, arguments: Arguments) -> Fact:
    """How long it would take with a change to the program's own lines.

    The change is one of ``together`` (``"17-19"``), ``off-loop`` (``"21"``, ``"21:process"``) or
    ``no-stalls = true``.
    """
    summary = studied.summary
    change = _change(studied, arguments)
    try:
        found = predict(make_model(summary.timeline, summary.lives), [change])
    except NothingThere as error:
        raise no_such(str(error)) from error
    return seconds(studied, found.after_ns)


def _change(studied: Studied, arguments: Arguments) -> Change:
    file = str(studied.file.absolute())
    if "together" in arguments:
        return read_together(f"{file}:{text(arguments, 'together')}")
    if "off-loop" in arguments:
        return read_off_loop(f"{file}:{text(arguments, 'off-loop')}")
    if arguments.get("no-stalls") is True:
        return NoStalls()
    raise no_such("say which change: together, off-loop, or no-stalls = true.")
