"""What counts as a difference between two runs, and what does not."""

from loopscope.check.fixing.compare import (
    Clocks,
    difference,
    difference_as_written,
    facts_of,
    is_reordered,
)
from loopscope.check.fixing.seen import FINE, BranchSeen, Request, Seen, Visit


def _branch(number: int, printed: str = "", result: str = "1") -> BranchSeen:
    return BranchSeen((number,), printed, result, 0, ())


def _read(text: str) -> Request:
    return Request("a", text, is_read=True)


def _change(host: str, text: str) -> Request:
    return Request(host, text, is_read=False)


def _seen(*branches: BranchSeen, **fields: object) -> Seen:
    return Seen(FINE, visits=(Visit(branches, 0),), **fields)  # type: ignore[arg-type]


def _differs(one: Seen, other: Seen, *, has_failed: bool = False) -> str:
    facts = [facts_of(seen, has_failed=has_failed) for seen in (one, other)]
    return difference(facts[0], facts[1], Clocks())


def test_requests_are_compared_per_host() -> None:
    """Changes in their order at one host, whatever happens at others; questions in any order."""
    read, a1, a2 = _read("GET /"), _change("a", "1"), _change("a", "2")
    b1 = _change("b", "1")
    usual = _seen(requests=(read, a1, a2, b1))
    assert not _differs(usual, _seen(requests=(b1, a1, a2, read)))
    assert _differs(usual, _seen(requests=(read, a2, a1, b1))) == (
        "change 1 at a was `1`, and together `2`"
    )
    assert "GET / at a" in _differs(usual, _seen(requests=(a1, a2, b1)))


def test_what_a_branch_prints_commutes_with_other_branches() -> None:
    """But not with itself, and what the others print keeps its order."""
    one = _seen(_branch(0, "a\nb\n"), _branch(1, "c\n"), printed=("x", "y"))
    assert not _differs(one, _seen(_branch(1, "c\n"), _branch(0, "a\nb\n"), printed=("x", "y")))
    assert "what await 1 printed" in _differs(
        one, _seen(_branch(0, "b\na\n"), _branch(1, "c\n"), printed=("x", "y"))
    )
    assert "line 1 of its output" in _differs(
        one, _seen(_branch(0, "a\nb\n"), _branch(1, "c\n"), printed=("y", "x"))
    )


def test_after_a_failure_only_what_stays_is_compared() -> None:
    """A branch may be under way that in turn would not have begun; its changes count."""
    read, write = _read("GET /"), _change("a", "POST /")
    one, other = _seen(_branch(0)), _seen(_branch(0), _branch(1, "p", "2"), requests=(read,))
    assert _differs(one, other)
    assert not _differs(one, other, has_failed=True)
    assert "change 1 at a" in _differs(one, _seen(requests=(read, write)), has_failed=True)


def test_numbers_that_follow_the_clock_are_not_compared() -> None:
    """Only those that the original itself changes when waits last longer."""
    clocks = Clocks()
    clocks.learn({"out": "3 items, took 0.5 s"}, {"out": "3 items, took 1.5 s"})
    assert not difference({"out": "3 items, took 0.5 s"}, {"out": "3 items, took 0.2 s"}, clocks)
    assert difference({"out": "3 items, took 0.5 s"}, {"out": "2 items, took 0.2 s"}, clocks)
    assert difference({"out": "3 items, took 0.5 s"}, {"out": "3 items, needed 0.5 s"}, clocks)


def test_programs_without_marks_are_compared_but_for_order_and_numbers() -> None:
    """Who printed a line is not known there."""
    one = _seen(printed_all="a\nb\ntook 2 s\n", files={"x": "1"})
    assert not difference_as_written(one, _seen(printed_all="b\na\ntook 1 s\n", files={"x": "2"}))
    assert "its output" in difference_as_written(one, _seen(printed_all="a\n", files={"x": "1"}))
    assert "the file x" in difference_as_written(one, _seen(printed_all="a\nb\ntook 2 s\n"))


def test_another_order_of_lines_is_told() -> None:
    """Whatever the numbers in them."""
    assert is_reordered("a\nb\ntook 1 s\n", "b\na\ntook 2 s\n")
    assert not is_reordered("a\ntook 1 s\n", "a\ntook 2 s\n")
    assert not is_reordered("a\n", "b\n")
