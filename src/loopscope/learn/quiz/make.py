"""Makes a quiz from a simulated run of a program."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from loopscope.learn.facts.studied import Studied, study
from loopscope.learn.quiz.moments import about_next, about_states
from loopscope.learn.quiz.output_lines import about_output
from loopscope.learn.quiz.posed import Posed, pose
from loopscope.learn.quiz.whole_run import about_changes, about_lines, about_numbers, about_totals

_MAKERS: Final = (
    about_totals,
    about_output,
    about_numbers,
    about_lines,
    about_next,
    about_states,
    about_changes,
)


def make_quiz(studied: Studied) -> list[Posed]:
    """Return all questions that a run has an answer to, the easier ones first."""
    drafts = [draft for maker in _MAKERS for draft in maker(studied)]
    posed = (pose(draft, studied) for draft in drafts)
    return [one for one in posed if one is not None]


def study_for_quiz(file: Path, trace: Path, arguments: Sequence[str] = ()) -> Studied:
    """Run a program as its quiz needs it.

    Computing is charged only where it holds the loop: elsewhere it would make every time a little
    longer than a person can predict.

    Raises:
        LessonError: It leaves no recording.
    """
    hosts = "--latency=100ms"
    measured = study(file, trace, options=[hosts], arguments=arguments)
    if any(stall.kind == "computing" for stall in measured.summary.stalls):
        return measured
    return study(file, trace, options=[hosts, "--cost=none"], arguments=arguments)
