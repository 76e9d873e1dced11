"""Questions about the learner's own program that has just passed, made from its recording.

Many who pass cannot say what their own program does (Lehtinen et al. 2021 and 2023): asked at
once, they find out.
"""

from typing import Final

from loopscope.analysis.summary import summarise
from loopscope.learn.beliefs import BELIEFS
from loopscope.learn.facts.studied import Studied
from loopscope.learn.lessons.model import Exercise
from loopscope.learn.questions.question import mark
from loopscope.learn.quiz.moments import about_next, about_states
from loopscope.learn.quiz.posed import pose
from loopscope.learn.quiz.whole_run import about_numbers
from loopscope.learn.terminal.asking import ask_question, show_marked
from loopscope.learn.terminal.desk import Desk, hint
from loopscope.trace.reader import read_trace

MOST_QUESTIONS: Final = 2


def ask_about_own(desk: Desk, exercise: Exercise) -> None:
    """Ask about the run of the learner's program; wrong answers cost nothing.

    Raises:
        Leaving: The learner stops.
    """
    program, trace = desk.workspace.program(exercise), desk.workspace.recording(exercise)
    studied = Studied(
        file=program,
        source=tuple(program.read_text("utf-8", "replace").splitlines()),
        printed=(),
        errors="",
        exit_code=0,
        summary=summarise(read_trace(trace)),
    )
    drafts = [*about_numbers(studied), *about_states(studied), *about_next(studied)]
    posed = [one for one in (pose(draft, studied) for draft in drafts) if one is not None]
    if posed:
        desk.talk.say()
        desk.talk.say("Two questions about your own program, as it ran just now.", "bold")
    for one in posed[:MOST_QUESTIONS]:
        given = ask_question(desk.talk, one.question, "?", lambda: hint(desk, exercise))
        show_marked(desk.talk, mark(one.question, given), BELIEFS)
