"""Findings in the terminal: 80 columns, plain signs, and nothing that a trace could smuggle in."""

from loopscope.model.finding import Confidence, Finding
from loopscope.model.kinds import Origin
from loopscope.model.location import Location
from loopscope.views.terminal.findings_text import finding_lines
from loopscope.views.terminal.glyphs import ASCII, UNICODE, Glyphs


def finding(line: int = 3, **changed: object) -> Finding:
    """Return a finding at a line of app.py."""
    where = Location("/home/me/app.py", "main", line, line, 0, 9, 1, Origin.USER)
    facts = {
        "rule": "blocking-call",
        "message": "time.sleep(1) blocked the loop for 1 s.",
        "remedy": "Await it.",
        "confidence": Confidence.SEEN,
        "saves_ns": 900_000_000,
        **changed,
    }
    return Finding(where=where, **facts)  # type: ignore[arg-type]


def lines(*findings: Finding, glyphs: Glyphs = UNICODE, more_from: str = "") -> list[str]:
    """Return the lines as plain text."""
    found = finding_lines(findings, glyphs, 80, more_from=more_from)
    return [line.plain for line in found]


def test_a_finding_says_all_that_is_known() -> None:
    """Place, rule, cost, how sure; the evidence; why; what to change."""
    assert lines(finding()) == [
        "",
        "1 finding",
        " 1  app.py:3  blocking-call  saves 900 ms, seen in this run",
        "    time.sleep(1) blocked the loop for 1 s.",
        "    Why: The event loop is one thread. A call that waits without await keeps",
        "    that thread, so no other task runs until it returns.",
        "    Change: Await it.",
    ]


def test_nothing_found_says_nothing() -> None:
    """A program without findings has no empty section."""
    assert lines() == []


def test_run_tells_three_and_where_the_rest_is() -> None:
    """The end of a run tells the worst three, then how to see the others."""
    told = lines(*(finding(line) for line in range(1, 8)), more_from="app.loopscope")
    assert [line for line in told if "app.py" in line and "blocking-call" in line] == [
        f" {n}  app.py:{n}  blocking-call  saves 900 ms, seen in this run" for n in (1, 2, 3)
    ]
    assert told[-1] == "  and 4 more: loopscope show app.loopscope"


def test_the_cost_is_as_sure_as_it_is() -> None:
    """Up to, nothing, and not predicted are told apart; a question is called one."""
    told = [
        lines(finding(saves_ns=900_000_000, is_at_most=True))[2],
        lines(finding(saves_ns=0))[2],
        lines(finding(saves_ns=None, confidence=Confidence.ASK))[2],
    ]
    assert [line.partition("  blocking-call  ")[2] for line in told] == [
        "saves up to 900 ms, seen in this run",
        "the total stays as it is, seen in this run",
        "a question",
    ]


def test_text_of_a_trace_cannot_reach_the_terminal() -> None:
    """Escapes and line breaks in names are shown as nothing; ASCII stays ASCII; 80 columns."""
    evil = finding(message="\x1b[31mred\nnext\u202e \N{MICRO SIGN}s " + "x" * 200)
    for glyphs in (UNICODE, ASCII):
        told = lines(evil, glyphs=glyphs)
        assert all(line.isprintable() and len(line) <= 80 for line in told)
        assert "\u202e" not in "".join(told)
    assert "".join(lines(evil, glyphs=ASCII)).isascii()
