"""Answers beside what happened, and what a program was refused for."""

from collections.abc import Mapping, Sequence

from loopscope.learn.beliefs import Belief
from loopscope.learn.questions.question import Marked
from loopscope.learn.trials.grade import Grade
from loopscope.learn.web.markup import Html, Inside, tag
from loopscope.learn.web.prose import inline, prose


def marks(answers: Sequence[Marked], beliefs: Mapping[str, Belief]) -> Html:
    """Return answers, each with what was right, and with the belief behind it if it is wrong."""
    return tag("ol", *(_marked(one, beliefs) for one in answers), class_="marks")


def _marked(marked: Marked, beliefs: Mapping[str, Belief]) -> Html:
    question = marked.question
    head = tag("p", tag("b", "right" if marked.is_right else "wrong"), " ", inline(question.ask))
    inside: list[Inside] = [head]
    if marked.is_right:
        inside.append(tag("p", question.shape.written(question.right)))
    else:
        inside.append(tag("p", marked.parting))
    if marked.wrong is not None:
        inside.append(refuted(beliefs[marked.wrong.belief], marked.wrong.says))
    inside.append(tag("p", inline(question.because)))
    return tag("li", *inside, class_="right" if marked.is_right else "wrong")


def refuted(belief: Belief, says: str) -> Html:
    """Return a belief, said out loud, what speaks against it, and what is true."""
    return tag(
        "div",
        tag("p", "Many believe: ", tag("q", belief.claim), " That is not so."),
        prose(says) if says else "",
        tag("p", inline(belief.truth)),
        class_="belief",
    )


def grade_told(given: Grade, beliefs: Mapping[str, Belief]) -> Html:
    """Return what became of a program."""
    if given.refusal is None:
        return tag("div", tag("p", tag("b", "passes"), " It stands all trials."), class_="right")
    refusal = given.refusal
    where = f" ({refusal.trial}, world {refusal.seed})" if refusal.trial else ""
    feedback = given.feedback
    told = "" if feedback is None else refuted(beliefs[feedback.belief], feedback.says)
    head = tag("p", tag("b", "not yet"), f" {refusal.reason}{where}")
    return tag("div", head, tag("p", refusal.seen), told, class_="wrong")
