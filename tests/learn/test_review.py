"""Reviews: a comment is right if line, claim and evidence are, and the run decides."""

import pytest

from loopscope.errors import LessonError
from loopscope.learn.beliefs import BELIEFS
from loopscope.learn.facts.studied import Studied, study
from loopscope.learn.lessons.model import Remark
from loopscope.learn.review.mark import (
    Comment,
    check_remark,
    claims_offered,
    lines_of,
    mark_comment,
)
from loopscope.learn.review.rows import evidence_rows

PROGRAM = """\
import asyncio


async def query(seconds):
    await asyncio.sleep(seconds)


async def main():
    # All of this happens at once.
    await query(1)
    await query(2)


asyncio.run(main())
"""
IN_TURN = Remark("# All of this happens at once.", "in-turn", ("await-starts", "loop-is-fair"))


@pytest.fixture(scope="module")
def studied(tmp_path_factory: pytest.TempPathFactory) -> Studied:
    """Two waits, one after the other."""
    folder = tmp_path_factory.mktemp("review")
    program = folder / "app.py"
    program.write_text(PROGRAM)
    return study(program, folder / "run.loopscope", options=["--cost=none"])


def test_the_rows_tell_what_the_loop_did_and_what_can_be_counted(studied: Studied) -> None:
    """A reviewer sees each step and wait in order, then threads, tasks and jobs."""
    assert [row.text for row in evidence_rows(studied)] == [
        "0 s: main runs in MainThread; at line 5 it waits for its sleep",
        "0 s: nothing is ready; the loop waits 1 s",
        "1 s: main runs in MainThread; at line 5 it waits for its sleep",
        "1 s: nothing is ready; the loop waits 2 s",
        "3 s: main runs in MainThread and is over",
        "threads that ran steps of coroutines: 1",
        "tasks in the whole run: 1",
        "jobs that worker threads did: 0",
    ]


@pytest.mark.parametrize(
    ("comment", "is_right", "says"),
    [
        (Comment(9, "in-turn", (1, 3)), True, "these rows show it"),
        (Comment(9, "in-turn", (1, 2)), False, "these rows do not show it"),
        (Comment(9, "in-turn", ()), False, "Point at 1 to 3 rows"),
        (Comment(9, "in-turn", (1, 2, 3, 4)), False, "Point at 1 to 3 rows"),
        (Comment(9, "in-turn", (1, 99)), False, "Point at 1 to 3 rows"),
        (Comment(10, "in-turn", (1, 3)), False, "Line 10 does not say that"),
        (Comment(9, "await-starts", (1, 3)), False, "what many believe"),
        (Comment(9, "one-task", (7,)), False, "does not answer this comment"),
    ],
)
def test_line_claim_and_rows_must_all_be_right(
    studied: Studied, comment: Comment, is_right: bool, says: str
) -> None:
    """A right claim with other rows, on another line, or a belief instead, is not right."""
    reply = mark_comment(IN_TURN, comment, studied)
    assert reply.is_right is is_right
    assert says in reply.says


def test_a_belief_is_named(studied: Studied) -> None:
    """A comment that repeats a belief is told which one it is."""
    assert mark_comment(IN_TURN, Comment(9, "await-starts", ()), studied).belief == "await-starts"


@pytest.mark.parametrize(
    ("claim", "slug"), [("waits-overlap", "lesson-fact"), ("no-such-claim", "lesson-format")]
)
def test_a_claim_that_is_not_so_in_the_run_makes_no_exercise(
    studied: Studied, claim: str, slug: str
) -> None:
    """A teacher cannot ask for a claim that the run refutes, or that there is not."""
    with pytest.raises(LessonError) as caught:
        check_remark(Remark("# All", claim, ()), studied)
    assert caught.value.slug == slug


def test_the_order_of_claims_gives_nothing_away() -> None:
    """What is offered is sorted by its text, and the right claim is among it."""
    offered = claims_offered(IN_TURN, BELIEFS)
    assert list(offered.values()) == sorted(offered.values())
    assert set(offered) == {"in-turn", "await-starts", "loop-is-fair"}


def test_a_quote_may_go_over_several_lines() -> None:
    """All lines of a quoted comment are lines one may point at."""
    remark = Remark("# one\n# two", "in-turn", ())
    assert list(lines_of(remark, ["x", "# one", "# two", "y"])) == [2, 3]
