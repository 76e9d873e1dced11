"""Takes a learner through exercises: ask, run, compare, mend, and ask again on later days."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from loopscope.learn.beliefs import Belief
from loopscope.learn.facts.studied import Studied
from loopscope.learn.lessons.ask import questions_of
from loopscope.learn.lessons.check_lesson import study_exercise
from loopscope.learn.lessons.copied import copied
from loopscope.learn.lessons.model import Exercise, Lesson
from loopscope.learn.progress.progress import Given
from loopscope.learn.questions.question import Marked
from loopscope.learn.terminal.asking import ask_all, paragraphs, show_marked
from loopscope.learn.terminal.desk import Desk, hint
from loopscope.learn.terminal.mending import mend
from loopscope.learn.terminal.own_program import ask_about_own
from loopscope.learn.terminal.reviewing import review
from loopscope.learn.terminal.talk import Talk

LEVELS: Final = {
    1: "predict and explain",
    2: "debug and fix",
    3: "design under constraints",
    4: "counter-example",
    5: "teach back",
}


def take(desk: Desk, lesson: Lesson, exercise: Exercise) -> None:
    """Take the learner through one exercise to its end.

    Raises:
        Leaving: The learner stops before; what was done is kept.
    """
    talk, record = desk.talk, desk.record(exercise)
    _introduce(talk, lesson, exercise)
    studied = _study(exercise, exercise.program.read_text(), desk.workspace.recording(exercise))
    if exercise.questions and not record.answers:
        _predict(desk, exercise, studied, lesson.beliefs)
    if exercise.remarks:
        review(desk, exercise, studied, lesson.beliefs)
    if exercise.trials:
        mend(desk, exercise, lesson.beliefs)
        ask_about_own(desk, exercise)
    if not record.prose:
        _explain(desk, exercise)
    record.passed_s = desk.now_s()
    desk.keep()
    talk.say()
    talk.say(f"{exercise.title}: done.", "bold green")


def ask_again(desk: Desk, exercise: Exercise) -> None:
    """Ask the questions of an exercise that was passed once more, with other numbers.

    Raises:
        Leaving: The learner stops; it is asked another time.
    """
    talk, record = desk.talk, desk.record(exercise)
    program = exercise.varied(record.again)
    talk.say()
    talk.say(f"Again: {exercise.title}, with other numbers.", "bold")
    _list(talk, program)
    with tempfile.TemporaryDirectory(prefix="loopscope-") as directory:
        studied = _study(exercise, program, Path(directory) / "run.loopscope")
        marked = ask_all(talk, questions_of(exercise.plain(), studied))
    _compare(talk, studied, marked, {})
    record.again += 1
    desk.keep()


def _introduce(talk: Talk, lesson: Lesson, exercise: Exercise) -> None:
    talk.say()
    talk.say(f"{lesson.title}  -  {exercise.title}", "bold")
    talk.say(f"level {exercise.level}: {LEVELS[exercise.level]}", "dim")
    talk.say()
    talk.say(paragraphs(exercise.text))
    _list(talk, exercise.program.read_text())


def _list(talk: Talk, program: str) -> None:
    talk.say()
    for number, line in enumerate(program.splitlines(), 1):
        talk.say(f"{number:4} | {line}" if line else f"{number:4} |", "cyan")


def _study(exercise: Exercise, program: str, trace: Path) -> Studied:
    """Run a program in the world of its exercise, from a copy with all its files."""
    trace.parent.mkdir(parents=True, exist_ok=True)
    with copied(exercise.folder) as folder:
        file = folder / exercise.program.name
        file.write_text(program)
        return study_exercise(exercise, file, trace)


def _predict(
    desk: Desk, exercise: Exercise, studied: Studied, beliefs: Mapping[str, Belief]
) -> None:
    """Ask before anything of the run is shown, then show it beside the answers."""
    talk, record = desk.talk, desk.record(exercise)
    marked = ask_all(talk, questions_of(exercise, studied), lambda: hint(desk, exercise))
    for one in marked:
        record.answers[one.question.id] = Given(one.given, one.is_right, desk.now_s())
    desk.keep()
    _compare(talk, studied, marked, beliefs)


def _compare(
    talk: Talk, studied: Studied, marked: list[Marked], beliefs: Mapping[str, Belief]
) -> None:
    talk.say()
    talk.say("The run printed:", "bold")
    for line in studied.printed:
        talk.say(f"   {line}")
    for one in marked:
        show_marked(talk, one, beliefs)


def _explain(desk: Desk, exercise: Exercise) -> None:
    """Let the learner say why, before the key does; the words are kept, never marked."""
    talk = desk.talk
    talk.say()
    talk.say("Why is it so? Say it in your own words; nobody marks them (Enter to pass).", "bold")
    own = talk.ask("   > ")
    desk.record(exercise).prose.append(own)
    desk.keep()
    talk.say()
    if own:
        talk.say(f"You:   {own}")
    talk.say(f"Model: {paragraphs(exercise.why)}")
