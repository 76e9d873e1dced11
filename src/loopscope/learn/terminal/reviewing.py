"""The learner reviews a program: a line, a claim, and the rows of its run that show it."""

from collections.abc import Mapping
from string import ascii_lowercase

from loopscope.learn.beliefs import Belief
from loopscope.learn.facts.studied import Studied
from loopscope.learn.lessons.model import Exercise, Remark
from loopscope.learn.questions.shapes import Choice, NotAnAnswer, SourceLine
from loopscope.learn.review.mark import MOST_ROWS, Comment, claims_offered, mark_comment
from loopscope.learn.review.rows import evidence_rows
from loopscope.learn.terminal.asking import HINT, LEAVE, show_belief
from loopscope.learn.terminal.desk import Desk, hint
from loopscope.learn.terminal.talk import Leaving


def review(desk: Desk, exercise: Exercise, studied: Studied, beliefs: Mapping[str, Belief]) -> None:
    """Take comments until each remark has a right one.

    Raises:
        Leaving: The learner stops before; right comments are kept.
    """
    talk, record = desk.talk, desk.record(exercise)
    left = [n for n in range(len(exercise.remarks)) if n not in record.comments]
    if not left:
        return
    talk.say()
    talk.say("What the loop did, and what can be counted:", "bold")
    for row in evidence_rows(studied):
        talk.say(f"{row.number:4}  {row.text}")
    for number in left:
        _comment(desk, exercise, exercise.remarks[number], studied, beliefs)
        record.comments.append(number)
        desk.keep()


def _comment(
    desk: Desk,
    exercise: Exercise,
    remark: Remark,
    studied: Studied,
    beliefs: Mapping[str, Belief],
) -> None:
    """Take comments on one remark until one is right."""
    talk = desk.talk
    offered = claims_offered(remark, beliefs)
    claims = Choice(tuple(offered.values()))
    talk.say()
    talk.say(f"The comment says: {remark.quote.strip()}", "bold")
    for letter, claim in zip(ascii_lowercase, claims.options, strict=False):
        talk.say(f"   {letter}  {claim}")
    while True:
        line = _asked(desk, exercise, "   line > ")
        claim = _asked(desk, exercise, "   what is true (one letter) > ")
        rows = _asked(desk, exercise, f"   rows that show it (1 to {MOST_ROWS} numbers) > ")
        try:
            comment = Comment(
                line=int(SourceLine(studied.source).read(line)[0]),
                claim=list(offered)[ascii_lowercase.index(claims.read(claim)[0])],
                rows=tuple(int(one) for one in rows.replace(",", " ").split()),
            )
        except NotAnAnswer as error:
            talk.say(f"   {error}")
            continue
        except ValueError:
            talk.say("   Give the numbers of rows, such as 2 4.")
            continue
        reply = mark_comment(remark, comment, studied)
        talk.say(f"   {'[right]' if reply.is_right else '[not yet]'} {reply.says}")
        if reply.is_right:
            return
        if reply.belief:
            show_belief(talk, beliefs[reply.belief], "")


def _asked(desk: Desk, exercise: Exercise, prompt: str) -> str:
    """Ask for a line that is neither a wish to leave nor one for a hint."""
    while True:
        text = desk.talk.ask(prompt)
        if text.lower() in LEAVE:
            raise Leaving
        if text.lower() not in HINT:
            return text
        hint(desk, exercise)
