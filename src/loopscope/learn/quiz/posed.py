"""A question with the fact it is about."""

from collections.abc import Mapping
from dataclasses import dataclass

from loopscope.errors import LessonError
from loopscope.learn.facts.catalogue import FACTS
from loopscope.learn.facts.studied import Studied
from loopscope.learn.questions.question import Question, Wrong


@dataclass(frozen=True, slots=True)
class Posed:
    """A question made from a run; another run can be asked for the same fact."""

    question: Question
    fact: str
    arguments: Mapping[str, object]


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
