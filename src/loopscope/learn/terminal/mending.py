"""The learner mends a program in an editor of their own; each time it is saved, it is graded."""

from collections.abc import Mapping
from typing import Final

from loopscope.learn.beliefs import Belief
from loopscope.learn.flow.desk import Desk
from loopscope.learn.flow.steps import grade_own
from loopscope.learn.lessons.model import Exercise
from loopscope.learn.terminal.asking import HINT, LEAVE, show_belief, show_hint
from loopscope.learn.terminal.talk import Leaving, Talk
from loopscope.learn.trials.grade import Grade
from loopscope.learn.workspace import stamp

KEYS: Final = "Enter: grade again   ?: hint   q: leave"


def mend(talk: Talk, desk: Desk, exercise: Exercise, beliefs: Mapping[str, Belief]) -> None:
    """Grade the learner's program until it passes.

    Raises:
        Leaving: The learner stops before.
    """
    program = desk.workspace.begin(exercise)
    talk.say()
    talk.say(f"Now change {program} in your editor; it is graded when you save it.", "bold")
    talk.say(KEYS, "dim")
    seen = stamp(program)
    while True:
        typed = talk.wait(program, seen)
        if typed is not None and typed.lower() in LEAVE:
            raise Leaving
        if typed is not None and typed.lower() in HINT:
            show_hint(talk, desk, exercise)
            continue
        seen = stamp(program)  # before it is graded: what is saved meanwhile is graded next
        given = grade_own(desk, exercise)
        show_grade(talk, given, beliefs)
        if given.passes:
            return
        talk.say(KEYS, "dim")


def show_grade(talk: Talk, given: Grade, beliefs: Mapping[str, Belief]) -> None:
    """Say that a program passes, or why it does not."""
    talk.say()
    if given.refusal is None:
        talk.say("[passes]  It stands all trials.", "green")
        return
    where = f" ({given.refusal.trial}, world {given.refusal.seed})" if given.refusal.trial else ""
    talk.say(f"[not yet]  {given.refusal.reason}{where}", "red")
    talk.say(f"           {given.refusal.seen}")
    if given.feedback is not None:
        show_belief(talk, beliefs[given.feedback.belief], given.feedback.says)
