"""The summary in words, from traces built by hand."""

from dataclasses import replace

from tests.trace_examples import blocked, convoy, crowd

from loopscope.analysis.summary import Summary, summarise
from loopscope.trace.columns import Pause
from loopscope.views.terminal.glyphs import ASCII, UNICODE, Glyphs
from loopscope.views.terminal.summary_text import summary_lines
from loopscope.views.terminal.task_text import task_lines

WIDTH = 80


def lines(summary: Summary, glyphs: Glyphs = UNICODE) -> list[str]:
    """Return the summary's lines as plain text."""
    return [line.plain for line in summary_lines(summary, glyphs, WIDTH)]


def test_nothing_is_wider_than_asked_for() -> None:
    """Every line fits, whatever the trace and the width."""
    for trace in (blocked(), convoy(20), crowd(3000)):
        summary = summarise(trace)
        for width in (40, 80, 120):
            told = [line.cell_len for line in summary_lines(summary, UNICODE, width)]
            assert max(told) <= width


def test_ascii_says_the_same_in_ascii() -> None:
    """With the ASCII signs nothing else is printed."""
    assert "".join(lines(summarise(blocked()), ASCII)).isascii()


def test_what_limits_the_recording_is_said_first() -> None:
    """Lost records, a recorder that gave up, damage and an unfinished recording are told."""
    trace = blocked()
    info = replace(
        trace.info, lost_count=3, gave_up=True, damage="The file is cut off.", probe="python"
    )
    told = "\n".join(lines(summarise(replace(trace, info=info, notes=["OSError: full"])))[:6])
    for words in ("3 records could not be written", "gave up early", "OSError: full", "cut off"):
        assert words in told
    cut = replace(trace.info, is_complete=False)
    assert "was killed" in "\n".join(lines(summarise(replace(trace, info=cut))))


def test_pauses_of_the_collector_are_told_when_they_matter() -> None:
    """Pauses on a loop's thread are summed up; others and tiny ones are not mentioned."""
    trace = blocked()
    here = [Pause(0, 2_000_000, 1, 2, 9), Pause(5_000_000, 8_000_000, 1, 2, 9)]
    told = "\n".join(lines(summarise(replace(trace, pauses=here))))
    assert "The garbage collector paused the loop 2 times, 5 ms in all." in told
    elsewhere = [Pause(0, 2_000_000, 0, 2, 9)]
    assert "garbage" not in "\n".join(lines(summarise(replace(trace, pauses=elsewhere))))


def test_a_trace_without_a_loop_says_so() -> None:
    """A recording in which no loop ran is one sentence."""
    trace = blocked()
    empty = summarise(replace(trace, runs=[]))
    assert lines(empty)[-1] == "No event loop ran, so there is nothing to show."


def test_a_package_is_called_by_its_name() -> None:
    """What ``python -m uvicorn`` runs is not ``__main__.py`` to anybody."""
    trace = blocked()
    names = {
        "/usr/lib/uvicorn/__main__.py": "uvicorn",
        "C:\\code\\app.py": "app.py",
        "__main__.py": "__main__.py",
        "": "(program)",
    }
    told = [
        lines(summarise(replace(trace, info=replace(trace.info, program=program))))[0]
        for program in names
    ]
    assert [line.partition("  ")[0] for line in told] == list(names.values())


def test_one_task_is_told_whole() -> None:
    """A task's page names its coroutine, its end and what its life was made of."""
    summary = summarise(blocked())
    ids = summary.trace.tasks.id.tolist()
    told = "\n".join(line.plain for line in task_lines(summary, ids[-1], UNICODE, WIDTH))
    for words in ("created", "ended", "lived", "running", "suspended"):
        assert words in told
