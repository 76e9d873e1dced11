"""docs/lessons.md: its lesson holds, and it names all that a lesson can be made of."""

import re
from pathlib import Path

import pytest

from loopscope.learn.beliefs import BELIEFS
from loopscope.learn.facts.catalogue import FACTS
from loopscope.learn.lessons import read_exercise, read_lesson, read_questions, read_trials
from loopscope.learn.lessons.model import Reason
from loopscope.learn.proof.check_lesson import check_lesson
from loopscope.learn.review.claims import CLAIMS

PAGE = (Path(__file__).parents[2] / "docs" / "lessons.md").read_text(encoding="utf-8")
KEYS = {
    *read_lesson._KEYS,
    *read_exercise._KEYS,
    *read_trials._KEYS,
    *read_questions._OWN_KEYS,
}


@pytest.mark.slow
def test_the_lesson_of_the_page_holds(tmp_path: Path) -> None:
    """Whoever types it off has a lesson that proves itself."""
    for name, text in re.findall(r'^```\w+ title="([^"]+)"\n([^`]*)^```', PAGE, re.MULTILINE):
        file = tmp_path / "queries" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    proofs = list(check_lesson(tmp_path / "queries"))
    assert [proof.wrong for proof in proofs] == [""] * 5


@pytest.mark.parametrize("names", [KEYS, FACTS, CLAIMS, Reason, BELIEFS])
def test_the_page_names_all_there_is(names: set[str]) -> None:
    """Every key, fact, claim, reason and belief is told."""
    assert [name for name in names if f"`{name}`" not in PAGE] == []
