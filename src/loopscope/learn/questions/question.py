"""A question, the answers that are known to be wrong, and how an answer is marked."""

from dataclasses import dataclass

from loopscope.learn.questions.shapes import Answer, Shape


@dataclass(frozen=True, slots=True)
class Wrong:
    """An answer that somebody with a certain belief gives.

    ``belief`` names one of the beliefs of ``learn/beliefs.py``, or of the lesson. ``says`` is what
    speaks against it in this very run.
    """

    answer: Answer
    belief: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a run. ``right`` comes from the run, ``because`` says why it is so."""

    id: str
    ask: str
    shape: Shape
    right: Answer
    because: str
    wrong: tuple[Wrong, ...] = ()


@dataclass(frozen=True, slots=True)
class Marked:
    """An answer beside what was right. ``wrong`` is the known wrong answer it is, if it is one."""

    question: Question
    given: Answer
    parting: str
    wrong: Wrong | None

    @property
    def is_right(self) -> bool:
        """Whether it is what happened."""
        return not self.parting


def mark(question: Question, given: Answer) -> Marked:
    """Mark an answer that the question's shape has read."""
    shape = question.shape
    parting = shape.parting(given, question.right)
    if not parting:
        return Marked(question, given, "", None)
    known = (one for one in question.wrong if not shape.parting(given, one.answer))
    return Marked(question, given, parting, next(known, None))
