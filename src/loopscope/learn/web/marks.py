"""Answers beside what happened, and what a program was refused for."""

from collections.abc import Mapping, Sequence

from loopscope.learn.beliefs import Belief
from loopscope.learn.questions.question import Marked
from loopscope.learn.trials.grade import Grade
from loopscope.learn.web.markup import Html, Inside, tag
from loopscope.learn.web.prose import inline, prose


def marks(answers: Sequence[Marked], beliefs: Mapping[str, Belief]) -> Html:
    """Return answers, each with what was right, and with the belief behind it if it is wrong.

    What is true instead is said once for each belief.
    """
    rows: list[Html] = []
    told: set[str] = set()
    for one in answers:
        refutation: Inside = ""
        if one.wrong is not None:
            belief = beliefs[one.wrong.belief]
            refutation = refuted(belief, one.wrong.says, is_known=belief.name in told)
            told.add(belief.name)
        rows.append(_marked(one, refutation))
    return tag("ol", *rows, class_="marks")


def _marked(marked: Marked, refutation: Inside) -> Html:
    question = marked.question
    word = "right" if marked.is_right else "wrong"
    return tag(
        "li",
        tag("p", tag("b", word), " ", inline(question.ask)),
        tag("p", marked.parting or question.shape.written(question.right)),
        refutation,
        tag("p", inline(question.because)),
        class_=word,
    )


def refuted(belief: Belief, says: str, *, is_known: bool = False) -> Html:
    """Return a belief, said out loud, what speaks against it, and what is true unless known."""
    head = "Again: " if is_known else "Many believe: "
    return tag(
        "div",
        tag("p", head, tag("q", belief.claim), " That is not so."),
        prose(says) if says else "",
        "" if is_known else tag("p", inline(belief.truth)),
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
