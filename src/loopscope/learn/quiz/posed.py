"""A question with the fact it is about, so that another run can be asked for the same."""

from collections.abc import Mapping
from dataclasses import dataclass

from loopscope.errors import LessonError
from loopscope.learn.facts.catalogue import FACTS
from loopscope.learn.facts.studied import Studied
from loopscope.learn.questions.question import Question, Wrong
from loopscope.learn.questions.shapes import Answer


@dataclass(frozen=True, slots=True)
class Posed:
    """A question made from a run."""

    question: Question
    fact: str
    arguments: Mapping[str, object]

    def answer_of(self, other: Studied) -> Answer:
        """Return what another run of the same program answers.

        Raises:
            LessonError: It has no answer.
        """
        return FACTS[self.fact](other, self.arguments).right


@dataclass(frozen=True, slots=True)
class Draft:
    """A question before it has its answer.

    ``wrong`` are answers that people give; those that are right in this run, or cannot be given,
    are left out.
    """

    ask: str
    fact: str
    arguments: Mapping[str, object]
    because: str
    wrong: tuple[Wrong, ...] = ()


def pose(draft: Draft, studied: Studied) -> Posed | None:
    """Ask a run for the answer to a question; None if it has none."""
    try:
        fact = FACTS[draft.fact](studied, draft.arguments)
    except LessonError:
        return None
    wrong = tuple(one for one in draft.wrong if fact.shape.parting(one.answer, fact.right))
    question = Question(draft.fact, draft.ask, fact.shape, fact.right, draft.because, wrong)
    return Posed(question, draft.fact, draft.arguments)
