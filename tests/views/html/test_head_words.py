"""Tests of what the page says in words."""

from tests.trace_examples import blocked

from loopscope.analysis.findings import findings_of
from loopscope.analysis.summary import summarise
from loopscope.views.html.findings_data import findings_data
from loopscope.views.html.head_words import plain_words, totals_text


def test_the_line_under_the_title_counts() -> None:
    """How long, how many tasks and steps."""
    assert totals_text(summarise(blocked())) == "116 ms · 3 tasks · 11 steps"


def test_without_scripts_the_page_tells_what_the_time_was_made_of_and_what_is_wrong() -> None:
    """The critical path and the findings, as lines of text."""
    summary = summarise(blocked())
    lines = plain_words(summary, findings_data(summary, findings_of(summary))).splitlines()
    assert lines[0] == "What the time was made of:"
    assert lines[1] == "     91 ms  ready: tick at app.py:6"
    assert any("app.py:11  A call blocks the event loop." in line for line in lines)
