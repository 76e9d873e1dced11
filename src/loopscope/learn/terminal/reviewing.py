"""The learner reviews a program: a line, a claim, and the rows of its run that show it."""

from collections.abc import Mapping
from string import ascii_lowercase

from loopscope.learn.beliefs import Belief
from loopscope.learn.flow.comments import claims_of, read_comment
from loopscope.learn.flow.desk import Desk
from loopscope.learn.flow.runs import run_given
from loopscope.learn.flow.steps import comment_on, remarks_left
from loopscope.learn.lessons.model import Exercise, Remark
from loopscope.learn.questions.shapes import NotAnAnswer
from loopscope.learn.review.mark import MOST_ROWS, Comment
from loopscope.learn.review.rows import evidence_rows
from loopscope.learn.terminal.asking import HINT, LEAVE, show_belief, show_hint
from loopscope.learn.terminal.talk import Leaving, Talk


def review(talk: Talk, desk: Desk, exercise: Exercise, beliefs: Mapping[str, Belief]) -> None:
    """Take comments until each remark has a right one.

    Raises:
        Leaving: The learner stops before; right comments are kept.
    """
    talk.say()
    talk.say("What the loop did, and what can be counted:", "bold")
    for row in evidence_rows(run_given(desk, exercise)):
        talk.say(f"{row.number:4}  {row.text}")
    for number in remarks_left(desk, exercise):
        _show(talk, exercise.remarks[number], beliefs)
        while not _is_settled(talk, desk, exercise, number, beliefs):
            pass


def _show(talk: Talk, remark: Remark, beliefs: Mapping[str, Belief]) -> None:
    talk.say()
    talk.say(f"The comment says: {remark.quote.strip()}", "bold")
    for letter, claim in zip(ascii_lowercase, claims_of(remark, beliefs).options, strict=False):
        talk.say(f"   {letter}  {claim}")


def _is_settled(
    talk: Talk, desk: Desk, exercise: Exercise, number: int, beliefs: Mapping[str, Belief]
) -> bool:
    """Take one comment on a remark, and return whether it is right."""
    try:
        comment = _asked_comment(talk, desk, exercise, number, beliefs)
    except NotAnAnswer as error:
        talk.say(f"   {error}")
        return False
    reply = comment_on(desk, exercise, number, comment)
    talk.say(f"   {'[right]' if reply.is_right else '[not yet]'} {reply.says}")
    if reply.belief:
        show_belief(talk, beliefs[reply.belief], "")
    return reply.is_right


def _asked_comment(
    talk: Talk, desk: Desk, exercise: Exercise, number: int, beliefs: Mapping[str, Belief]
) -> Comment:
    typed = (
        _asked(talk, desk, exercise, "   line > "),
        _asked(talk, desk, exercise, "   what is true (one letter) > "),
        _asked(talk, desk, exercise, f"   rows that show it (1 to {MOST_ROWS} numbers) > "),
    )
    source = run_given(desk, exercise).source
    return read_comment(exercise.remarks[number], beliefs, source, typed)


def _asked(talk: Talk, desk: Desk, exercise: Exercise, prompt: str) -> str:
    """Ask for a line that is neither a wish to leave nor one for a hint."""
    while True:
        text = talk.ask(prompt)
        if text.lower() in LEAVE:
            raise Leaving
        if text.lower() not in HINT:
            return text
        show_hint(talk, desk, exercise)
