"""The report of a sweep: its figures are right, and nothing hostile gets onto the terminal."""

import json

from hypothesis import given
from hypothesis import strategies as st

from loopscope.analysis.check_report import Bin, CheckReport, FailureGroup, Spread, spread_of
from loopscope.views.check_document import check_document
from loopscope.views.terminal.check_text import check_lines
from loopscope.views.terminal.glyphs import ASCII, UNICODE

_HOSTILE = st.text(max_size=200) | st.sampled_from(
    ["\x1b[2J" * 9, "\u202e" * 9, "x" * 500, "\n\r\t"]
)


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=300))
def test_the_figures_of_a_spread(durations: list[int]) -> None:
    """They are what sorting says, and the histogram counts every run once."""
    spread = spread_of(durations)
    ordered = sorted(durations)
    assert (spread.least_ns, spread.worst_ns) == (ordered[0], ordered[-1])
    for share, value in ((50, spread.median_ns), (90, spread.p90_ns), (99, spread.p99_ns)):
        assert value in ordered
        assert sum(one <= value for one in ordered) * 100 >= share * len(ordered)
        assert sum(one < value for one in ordered) * 100 < share * len(ordered)
    for one in spread.bins[:-1]:
        assert one.count == sum(one.from_ns <= ns < one.to_ns for ns in ordered)
    assert sum(one.count for one in spread.bins) == len(ordered)


def test_spreads_without_any_spread() -> None:
    """No run, and runs that all take the same."""
    assert spread_of([]) == Spread(0)
    assert spread_of([7, 7]) == Spread(2, 7, 7, 7, 7, 7, (Bin(7, 7, 2),))


@given(_HOSTILE, st.integers(40, 120), st.sampled_from([ASCII, UNICODE]))
def test_no_text_of_a_program_reaches_the_terminal_as_it_is(
    text: str, width: int, glyphs: object
) -> None:
    """Nothing invisible, and no line too long except those that are there to be copied."""
    assert isinstance(glyphs, type(ASCII))
    group = FailureGroup(
        *("raised", text, 2, 7, text, text),
        choices=(text,),
        tried=3,
        repeat=text,
        trace=text,
        is_stable=False,
    )
    report = CheckReport(text, (text,), 10, 9, 2, spread_of([1, 5, 10**9]), (group,))
    for line in check_lines(report, glyphs, width):
        assert all(char.isprintable() for char in line.plain)
        is_command = line.plain.strip().startswith(("Repeat: ", "Look: "))
        assert is_command or line.cell_len <= width
    assert json.loads(json.dumps(check_document(report)))["failures"][0]["message"] == text


def test_a_report_says_whether_it_holds() -> None:
    """Only a whole sweep without a failure holds."""
    whole = CheckReport("app.py", (), 10, 10, 0, Spread(0))
    part = CheckReport("app.py", (), 10, 9, 0, Spread(0))
    broken = CheckReport("app.py", (), 10, 10, 1, Spread(0))
    told = [next(iter(check_lines(one, ASCII, 80))).plain for one in (whole, part, broken)]
    assert [one.holds for one in (whole, part, broken)] == [True, False, False]
    assert told == [
        "app.py held in all of 10 runs.",
        "app.py held in all of 9 runs. 1 of 10 seeds were not run.",
        "app.py did not hold in 1 of 10 runs.",
    ]
