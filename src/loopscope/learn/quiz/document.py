"""A quiz as one JSON document: the questions with their answers."""

from collections.abc import Sequence
from typing import Any

from loopscope.learn.quiz.posed import Posed


def quiz_document(posed: Sequence[Posed]) -> list[dict[str, Any]]:
    """Return all that there is to know of each question."""
    return [_entry(one) for one in posed]


def _entry(posed: Posed) -> dict[str, Any]:
    question = posed.question
    return {
        "question": question.ask,
        "fact": posed.fact,
        "arguments": dict(posed.arguments),
        "how": question.shape.how,
        "options": list(question.shape.options),
        "answer": list(question.right),
        "answer_text": question.shape.written(question.right),
        "because": question.because,
        "wrong": [
            {"answer": question.shape.written(one.answer), "belief": one.belief, "says": one.says}
            for one in question.wrong
        ],
    }
