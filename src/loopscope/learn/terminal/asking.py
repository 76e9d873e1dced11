"""Asks questions, and shows the answers beside what happened."""

from collections.abc import Callable, Mapping, Sequence
from string import ascii_lowercase
from typing import Final

from loopscope.learn.beliefs import Belief
from loopscope.learn.flow.desk import Desk
from loopscope.learn.flow.words import paragraphs
from loopscope.learn.lessons.model import Exercise
from loopscope.learn.questions.question import Marked, Question, mark
from loopscope.learn.questions.shapes import Answer, NotAnAnswer
from loopscope.learn.terminal.talk import Leaving, Talk

LEAVE: Final = {"q", "quit", "exit"}
HINT: Final = {"?", "hint"}
INDENT: Final = " " * 9

Help = Callable[[], None]


def ask_question(talk: Talk, question: Question, number: str, help_: Help | None = None) -> Answer:
    """Ask until there is an answer.

    Args:
        talk: With whom.
        question: What is asked.
        number: Which one it is of how many, as text.
        help_: Gives the next hint.

    Raises:
        Leaving: The learner wants to stop.
    """
    talk.say()
    talk.say(f"{number}  {question.ask}", "bold")
    for letter, option in zip(ascii_lowercase, question.shape.options, strict=False):
        talk.say(f"   {letter}  {option}")
    for count, thing in enumerate(getattr(question.shape, "things", ()), 1):
        talk.say(f"   {count}  {thing}")
    while True:
        text = talk.ask(f"   ({question.shape.how}) > ")
        if text.lower() in LEAVE:
            raise Leaving
        if text.lower() in HINT and help_ is not None:
            help_()
            continue
        try:
            return question.shape.read(text)
        except NotAnAnswer as error:
            talk.say(f"   {error}")


def show_answers(talk: Talk, marked: Sequence[Marked], beliefs: Mapping[str, Belief]) -> None:
    """Show answers beside what was right, and the belief behind each that is wrong.

    What is true instead is said once for each belief.
    """
    told: set[str] = set()
    for one in marked:
        question = one.question
        talk.say()
        if one.is_right:
            talk.say(f"[right]  {question.ask}", "green")
            talk.say(f"{INDENT}{question.shape.written(question.right)}")
        else:
            talk.say(f"[wrong]  {question.ask}", "red")
            talk.say(f"{INDENT}{one.parting}")
        if one.wrong is not None:
            belief = beliefs[one.wrong.belief]
            show_belief(talk, belief, one.wrong.says, is_known=belief.name in told)
            told.add(belief.name)
        _indented(talk, question.because)


def show_belief(talk: Talk, belief: Belief, says: str, *, is_known: bool = False) -> None:
    """Say a belief out loud, what speaks against it, and what is true unless that is known."""
    talk.say(f"{INDENT}{'Again' if is_known else 'Many believe'}: {belief.claim} That is not so.")
    _indented(talk, says)
    if not is_known:
        _indented(talk, belief.truth)


def _indented(talk: Talk, text: str) -> None:
    for line in paragraphs(text).splitlines():
        talk.say(f"{INDENT}{line}")


def show_hint(talk: Talk, desk: Desk, exercise: Exercise) -> None:
    """Give the next hint."""
    text = desk.hint(exercise)
    number = f"Hint {desk.record(exercise).hints} of {len(exercise.hints)}: "
    talk.say(f"   {number}{text}" if text else "   There is no hint here.")


def ask_all(talk: Talk, questions: Sequence[Question], help_: Help | None = None) -> list[Marked]:
    """Ask questions one after the other; nothing is told before all are answered."""
    given = []
    for number, question in enumerate(questions, 1):
        answer = ask_question(talk, question, f"{number}/{len(questions)}", help_)
        given.append(mark(question, answer))
    return given
