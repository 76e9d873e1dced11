"""Answers: how they are read, written, compared; and how wrong ones are known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopscope.learn.questions.question import Question, Wrong, mark
from loopscope.learn.questions.shapes import (
    Choice,
    Lines,
    NotAnAnswer,
    Number,
    Order,
    Pairs,
    Seconds,
    Several,
    Shape,
    SourceLine,
)

SHAPES: list[Shape] = [
    Seconds(),
    Number(),
    SourceLine(("import asyncio", "asyncio.run(main())")),
    Choice(("one", "two", "three")),
    Several(("one", "two", "three")),
    Order(("one", "two", "three")),
    Lines(2),
    Pairs(("waiter", "table"), ("thread", "task", "loop")),
]


@pytest.mark.parametrize(
    ("shape", "text", "answer"),
    [
        (Seconds(), "1.5", ("1500",)),
        (Seconds(), " .25 s ", ("250",)),
        (Seconds(), "40 ms", ("40",)),
        (Seconds(), "6", ("6000",)),
        (Number(), "03", ("3",)),
        (SourceLine(("a", "b")), "2", ("2",)),
        (SourceLine(("ask()", "    await ask()")), " await ask", ("2",)),
        (Choice(("x", "y")), " B) ", ("b",)),
        (Several(("x", "y", "z")), "c, a", ("a", "c")),
        (Several(("x", "y", "z")), "-", ()),
        (Order(("x", "y", "z")), "c > a > b", ("c", "a", "b")),
        (Order(("x", "y", "z")), "cab", ("c", "a", "b")),
        (Lines(2), "3 prices | 6.0 seconds", ("3 prices", "6.0 seconds")),
        (Pairs(("t", "u"), ("x", "y")), "2a 1b", ("1b", "2a")),
    ],
)
def test_what_people_type_is_read(shape: Shape, text: str, answer: tuple[str, ...]) -> None:
    """Each shape reads an answer however people write it."""
    assert shape.read(text) == answer


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (Seconds(), "two"),
        (Seconds(), "-1"),
        (Seconds(), "1e99"),
        (Number(), "1.5"),
        (Number(), "9" * 50),
        (SourceLine(("a", "b")), "3"),
        (SourceLine(("ask()", "await ask()")), "ask()"),
        (SourceLine(("a", "b")), "c"),
        (SourceLine(("a", "b")), ""),
        (SourceLine(("a", "b")), "0"),
        (Choice(("x", "y")), "c"),
        (Choice(("x", "y")), "ab"),
        (Choice(("x", "y")), ""),
        (Several(("x", "y")), "d"),
        (Order(("x", "y", "z")), "ab"),
        (Order(("x", "y", "z")), "aab"),
        (Lines(2), "one line"),
        (Pairs(("t", "u"), ("x", "y")), "1a"),
        (Pairs(("t", "u"), ("x", "y")), "1a 2c"),
    ],
)
def test_what_is_no_answer_is_refused_with_what_would_be(shape: Shape, text: str) -> None:
    """A text that means no answer is refused, and the message says how to answer."""
    with pytest.raises(NotAnAnswer, match="Give"):
        shape.read(text)


@given(shape=st.sampled_from(SHAPES), text=st.text(max_size=40))
def test_no_text_breaks_a_shape(shape: Shape, text: str) -> None:
    """Whatever is typed is read or refused; what is read can be written and equals itself."""
    try:
        answer = shape.read(text)
    except NotAnAnswer:
        return
    assert shape.written(answer)
    assert shape.parting(answer, answer) == ""


@given(order=st.permutations("abc"), other=st.permutations("abc"))
def test_two_orders_part_where_they_first_differ(order: list[str], other: list[str]) -> None:
    """An order is right only if every place is; else the first place that differs is named."""
    shape = Order(("one", "two", "three"))
    parting = shape.parting(tuple(order), tuple(other))
    differing = [
        n for n, pair in enumerate(zip(order, other, strict=True), 1) if len(set(pair)) > 1
    ]
    assert bool(parting) == bool(differing)
    if differing:
        assert f"place {differing[0]}:" in parting


def test_options_that_say_the_same_stand_for_each_other() -> None:
    """An order of lines of which two are equal is right with either of them first."""
    shape = Order(("tick", "tick", "tock"))
    assert shape.parting(("a", "b", "c"), ("b", "a", "c")) == ""


def test_times_within_the_tolerance_are_the_same() -> None:
    """A time is right if it differs by no more than the tolerance."""
    assert Seconds(5).parting(("1005",), ("1000",)) == ""
    assert Seconds(5).parting(("1006",), ("1000",)) == "You said 1.006 s, and it was 1 s."


def test_a_known_wrong_answer_is_met_with_its_belief() -> None:
    """A wrong answer that is known brings its belief; another one only the difference."""
    known = Wrong(("2000",), "await-starts", "It begins at 2 s.")
    question = Question("total", "How long?", Seconds(), ("6000",), "Three waits.", (known,))
    assert mark(question, ("6000",)).is_right
    assert mark(question, ("2000",)).wrong is known
    other = mark(question, ("4000",))
    assert (other.is_right, other.wrong) == (False, None)
    assert other.parting == "You said 4 s, and it was 6 s."
