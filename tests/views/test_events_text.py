"""The narrated sequence as text."""

import itertools

from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text
from tests.trace_builder import MS
from tests.trace_examples import blocked, crowd

from loopscope.analysis.events import Code, Duration, Event, EventKind, Piece, Who
from loopscope.analysis.narrative import narrate
from loopscope.analysis.timeline import derive_timeline, task_lives
from loopscope.trace.columns import Trace
from loopscope.views.terminal.events_text import event_lines
from loopscope.views.terminal.glyphs import ASCII, UNICODE
from loopscope.views.terminal.wrapping import hanging


def told(trace: Trace, width: int = 80) -> list[str]:
    """Write all events of a trace as plain lines."""
    timeline = derive_timeline(trace)
    events = narrate(timeline, task_lives(timeline))
    return [line.plain for line in event_lines(events, UNICODE, width)]


def event(*pieces: Piece, kind: EventKind = EventKind.RUNS) -> Event:
    """Return an event of `main` with these pieces."""
    return Event(5 * MS, 5 * MS, kind, 1, "main", 1, pieces, (), 3)


def test_the_sequence_reads_as_a_trace_of_the_mind() -> None:
    """Times, actors and files are told once; sentences too long go on below."""
    assert told(blocked()) == [
        "   0.000 s  loop          starts",
        "   0.000 s  main          is created at app.py:14 and ready",
        "                          begins main() at line 1",
        "   0.001 s                creates ticker at line 3",
        "                          creates blocker at line 4",
        "                          waits for its task group at line 2: suspended",
        "   0.001 s  ticker        begins tick() at line 6",
        "   0.002 s                awaits asyncio.sleep(0.02) at line 7: suspended",
        "   0.002 s  blocker       begins hold() at line 9",
        "                          awaits asyncio.sleep(0.01) at line 10: suspended",
        "   0.002 s  loop          has nothing ready: waits 10 ms, until a timer is due",
        "   0.012 s  timer         is due: wakes blocker (its sleep)",
        "   0.012 s  blocker       resumes at line 10 after 10 ms",
        "   0.112 s                has held the loop for 100 ms in time.sleep(0.1) at",
        "                          line 11; 1 other task was ready meanwhile",
        "                          ends: raised ValueError: enough at line 11",
        "   0.113 s  timer         is due, noticed 91 ms late: wakes ticker (its sleep)",
        "   0.113 s  ticker        resumes at line 7 after 20 ms suspended and 91 ms",
        "                          ready",
        "   0.114 s                ends: returned",
        "   0.114 s  ticker        by its end wakes main (its task group)",
        "   0.114 s  main          resumes at line 2 after 113 ms",
        "   0.115 s                ends: returned",
        "   0.116 s  loop          stops",
    ]


def test_lines_come_as_they_are_read() -> None:
    """Reading the first lines does not tell the rest."""
    timeline = derive_timeline(crowd(1000))
    lines = event_lines(narrate(timeline, task_lives(timeline)), UNICODE, 80)
    assert [line.plain for line in itertools.islice(lines, 1)] == [
        "   0.000 s  loop          starts"
    ]


def test_ascii_shows_micro_as_u() -> None:
    """What ASCII cannot show is replaced, in durations and in untrusted text alike."""
    (line,) = event_lines([event("runs ", Duration(12_000), " in ", Code("größe()"))], ASCII, 80)
    assert line.plain == "   0.005 s  main          runs 12 us in gr??e()"


def test_untrusted_text_is_not_obeyed() -> None:
    """Names and source text are cleaned of escapes, and markup in them is only text."""
    pieces = ("creates ", Who(2, "[red]x[/]\x1b[2J"), ": ", Code("\x9b31m\n\u200bx"))
    (line,) = event_lines([event(*pieces)], UNICODE, 80)
    assert line.plain == "   0.005 s  main          creates [red]x[/][2J: 31m x"


@given(st.text(max_size=200), st.integers(1, 60))
def test_broken_lines_keep_their_room_and_their_words(text: str, width: int) -> None:
    """No line is wider than asked, and nothing but spaces is lost where lines break."""
    clean = UNICODE.clean(text)
    lines = list(hanging(Text(), Text(clean), max(width, 2)))
    assert all(line.cell_len <= max(width, 2) for line in lines)
    kept = "".join(line.plain for line in lines)
    assert kept.replace(" ", "") == clean.replace(" ", "")
