"""A case on one line, as ``--case`` takes it and a report prints it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopscope.check.case import Case, read_case
from loopscope.errors import UsageError

CASES = st.builds(
    Case,
    seed=st.integers(0, 10**9),
    guide=st.sampled_from(["", "tails", "order:a.example.com 1<b.example.com 2"]),
    forced=st.dictionaries(st.text(max_size=9), st.integers(0, 10**12) | st.text(max_size=9)),
    is_minimal=st.booleans(),
    cancel_at=st.none() | st.integers(1, 99),
)


@given(CASES, st.booleans())
def test_what_is_written_is_read_again(case: Case, own: bool) -> None:
    """Its guide, what is forced, and which task is cancelled where."""
    whole = Case(
        case.seed,
        case.guide,
        case.forced,
        case.is_minimal,
        case.cancel_at,
        own and case.cancel_at is not None,
    )
    assert read_case(whole.written()) == whole
    assert "\n" not in whole.written()


@given(st.text(max_size=30))
def test_anything_else_is_refused_in_one_sentence(text: str) -> None:
    """Whatever stands on the command line is a case, or a mistake that is explained."""
    try:
        case = read_case(text)
    except UsageError as error:
        assert error.slug == "case-bad"
        return
    assert read_case(case.written()) == case


@pytest.mark.parametrize(
    "text", ['{"cancel-task":0}', '{"cancel":"1"}', '{"cancel-task":null,"seed":-1}', '{"guide":1}']
)
def test_wrong_values_are_refused(text: str) -> None:
    """A number that is none, or too small."""
    with pytest.raises(UsageError, match="is no case"):
        read_case(text)
