"""Takes a learner through exercises in the terminal, stage by stage."""

from collections.abc import Callable, Sequence
from typing import Final

from loopscope.learn.beliefs import BELIEFS
from loopscope.learn.flow.desk import Desk
from loopscope.learn.flow.runs import run_given
from loopscope.learn.flow.stages import LEVELS, Stage
from loopscope.learn.flow.steps import (
    asked_again,
    commit,
    explain,
    questions,
    questions_about_own,
    questions_again,
)
from loopscope.learn.flow.words import paragraphs
from loopscope.learn.lessons.model import Exercise, Lesson
from loopscope.learn.questions.question import mark
from loopscope.learn.terminal.asking import ask_all, ask_question, show_answers, show_hint
from loopscope.learn.terminal.mending import mend
from loopscope.learn.terminal.reviewing import review
from loopscope.learn.terminal.talk import Talk


def take(talk: Talk, desk: Desk, lesson: Lesson, exercise: Exercise) -> None:
    """Take the learner through an exercise to its end, from where they left it.

    Raises:
        Leaving: The learner stops before; what was done is kept.
    """
    if desk.stage(exercise) is Stage.DONE:
        desk.begin_again(exercise)
    _introduce(talk, lesson, exercise)
    while (stage := desk.stage(exercise)) is not Stage.DONE:
        _STAGES[stage](talk, desk, lesson, exercise)
    talk.say()
    talk.say(f"{exercise.title}: done.", "bold green")
    if all(desk.record(one).passed_s for one in lesson.exercises):
        talk.say()
        talk.say(paragraphs(lesson.essence))


def ask_again(talk: Talk, desk: Desk, exercise: Exercise) -> None:
    """Ask the questions of an exercise that was passed once more, with other numbers.

    Raises:
        Leaving: The learner stops; it is asked another time.
    """
    talk.say()
    talk.say(f"Again: {exercise.title}, with other numbers.", "bold")
    _list(talk, exercise.varied(desk.record(exercise).again))
    show_answers(talk, ask_all(talk, questions_again(desk, exercise)), BELIEFS)
    asked_again(desk, exercise)


def _introduce(talk: Talk, lesson: Lesson, exercise: Exercise) -> None:
    talk.say()
    talk.say(f"{lesson.title}  -  {exercise.title}", "bold")
    talk.say(f"level {exercise.level}: {LEVELS[exercise.level]}", "dim")
    talk.say()
    talk.say(paragraphs(exercise.text))
    _list(talk, exercise.program.read_text("utf-8", "replace"))


def _list(talk: Talk, program: str) -> None:
    talk.say()
    for number, line in enumerate(program.splitlines(), 1):
        talk.say(f"{number:4} | {line}" if line else f"{number:4} |", "cyan")


def _predict(talk: Talk, desk: Desk, lesson: Lesson, exercise: Exercise) -> None:
    """Ask before anything of the run is shown, then show it beside the answers."""
    asked = questions(desk, exercise)
    marked = ask_all(talk, asked, lambda: show_hint(talk, desk, exercise))
    commit(desk, exercise, marked)
    _tell_output(talk, run_given(desk, exercise).printed)
    show_answers(talk, marked, lesson.beliefs)


def _tell_output(talk: Talk, printed: Sequence[str]) -> None:
    talk.say()
    talk.say("The run printed:", "bold")
    for line in printed:
        talk.say(f"   {line}")


def _review(talk: Talk, desk: Desk, lesson: Lesson, exercise: Exercise) -> None:
    review(talk, desk, exercise, lesson.beliefs)


def _mend(talk: Talk, desk: Desk, lesson: Lesson, exercise: Exercise) -> None:
    mend(talk, desk, exercise, lesson.beliefs)


def _ask_about_own(talk: Talk, desk: Desk, lesson: Lesson, exercise: Exercise) -> None:  # noqa: ARG001  (as all stages)
    """Ask about the run of the learner's program; wrong answers cost nothing."""
    asked = questions_about_own(desk, exercise)
    if asked:
        talk.say()
        talk.say("Now about your own program, as it ran just now.", "bold")
    for number, question in enumerate(asked, 1):
        text = f"{number}/{len(asked)}"
        given = ask_question(talk, question, text, lambda: show_hint(talk, desk, exercise))
        show_answers(talk, [mark(question, given)], BELIEFS)
    desk.finish(exercise, Stage.OWN)


def _explain(talk: Talk, desk: Desk, lesson: Lesson, exercise: Exercise) -> None:  # noqa: ARG001
    """Let the learner say why, before the key does; the words are kept, never marked."""
    talk.say()
    talk.say("Why is it so? Say it in your own words; nobody marks them (Enter to pass).", "bold")
    own = talk.ask("   > ")
    explain(desk, exercise, own)
    talk.say()
    if own:
        talk.say(f"You:   {own}")
    talk.say(f"Model: {paragraphs(exercise.why)}")


_STAGES: Final[dict[Stage, Callable[[Talk, Desk, Lesson, Exercise], None]]] = {
    Stage.PREDICT: _predict,
    Stage.REVIEW: _review,
    Stage.MEND: _mend,
    Stage.OWN: _ask_about_own,
    Stage.EXPLAIN: _explain,
}
