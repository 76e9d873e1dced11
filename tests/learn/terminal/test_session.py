"""The session in the terminal, with a learner whose every word is written down before."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from loopscope.learn.beliefs import BELIEFS
from loopscope.learn.flow.desk import Desk
from loopscope.learn.flow.stages import Stage
from loopscope.learn.lessons.model import Exercise, Lesson
from loopscope.learn.progress.progress import DAY_S, Given, Record
from loopscope.learn.questions.question import Question, Wrong, mark
from loopscope.learn.questions.shapes import Seconds
from loopscope.learn.terminal.asking import show_answers
from loopscope.learn.terminal.session import ask_again, take
from loopscope.learn.terminal.talk import Leaving
from loopscope.learn.workspace import Stamp

SAVED = None
"""What the learner does in place of typing: the file is saved."""


class Scripted:
    """A learner who types what is written down, and hears everything."""

    def __init__(self, typed: Iterable[str | None]) -> None:
        self._typed = iter(typed)
        self.heard: list[str] = []

    def say(self, text: str = "", style: str = "") -> None:
        """Hear it."""
        del style
        self.heard.append(text)

    def ask(self, prompt: str) -> str:
        """Type the next line."""
        self.heard.append(prompt)
        word = self._next()
        assert word is not None
        return word

    def wait(self, file: Path, seen: Stamp) -> str | None:
        """Type the next line, or save."""
        del file, seen
        return self._next()

    def _next(self) -> str | None:
        try:
            return next(self._typed)
        except StopIteration:
            raise Leaving from None

    @property
    def all(self) -> str:
        """Everything that was heard."""
        return "\n".join(self.heard)


def test_nothing_of_the_run_is_told_before_all_is_answered(desk: Desk, lesson: Lesson) -> None:
    """Whoever leaves before the end of the questions has seen nothing, and nothing is kept."""
    talk = Scripted(["?", "soon", "q"])
    with pytest.raises(Leaving):
        take(talk, desk, lesson, lesson.exercises[0])
    assert "Hint 1 of 1: How many tasks are there?" in talk.all
    assert "Give a time in seconds" in talk.all
    assert "The run printed" not in talk.all
    assert desk.stage(lesson.exercises[0]) is Stage.PREDICT


def test_a_wrong_answer_is_met_with_the_belief_behind_it(desk: Desk, lesson: Lesson) -> None:
    """The prediction stands beside the run, with belief, refutation and truth; then comes why."""
    exercise = lesson.exercises[0]
    talk = Scripted(["2", "the waits add up"])
    take(talk, desk, lesson, exercise)
    belief = lesson.beliefs["await-starts"]
    for text in (
        "You said 2 s, and it was 3 s.",
        f"Many believe: {belief.claim} That is not so.",
        "The second nap begins at 1 s, not at 0 s.",
        belief.truth,
        "You:   the waits add up",
        f"Model: {exercise.why}",
        f"{exercise.title}: done.",
    ):
        assert text in talk.all


def test_who_leaves_goes_on_where_they_were(desk: Desk, lesson: Lesson) -> None:
    """What was answered is not asked a second time."""
    exercise = lesson.exercises[0]
    with pytest.raises(Leaving):
        take(Scripted(["3"]), desk, lesson, exercise)
    talk = Scripted([""])
    take(talk, desk, lesson, exercise)
    assert "[right]" not in talk.all
    assert f"{exercise.title}: done." in talk.all
    assert "You:" not in talk.all


@pytest.mark.slow
def test_a_program_is_graded_until_it_passes(desk: Desk, lesson: Lesson) -> None:
    """Each save is graded; the one that passes is asked about, and the lesson ends."""
    exercise = lesson.exercises[1]
    desk.record(lesson.exercises[0]).passed_s = 1
    program = desk.workspace.begin(exercise)
    assert exercise.key is not None

    def typed() -> Iterable[str | None]:
        yield "?"
        program.write_text(exercise.wrong[0].file.read_text())
        yield SAVED
        yield "w"  # anything but a hint or leaving grades again
        program.write_text(key.read_text())
        yield SAVED
        yield from ("5", "2", "why not")

    key = exercise.key
    talk = Scripted(typed())
    take(talk, desk, lesson, exercise)
    assert talk.all.count("[not yet]  blocked") == 2
    assert "time.sleep holds the loop, and gather cannot help it." in talk.all
    assert "[passes]" in talk.all
    assert "You said 5, and it was 2." in talk.all
    assert lesson.essence in talk.all
    assert desk.workspace.recording(exercise).exists()


@pytest.mark.slow
def test_what_was_predicted_is_asked_again_with_other_numbers(desk: Desk, lesson: Lesson) -> None:
    """A day later the program sleeps for longer; the answer counts as asked, right or wrong."""
    exercise = lesson.exercises[0]
    record = Record({"total": Given(("2000",), is_right=False, at_s=0)}, passed_s=1)
    desk.progress.records["first/predict"] = record
    assert desk.progress.due(1 + DAY_S) == ["first/predict"]
    talk = Scripted(["4"])
    ask_again(talk, desk, exercise)
    assert "sleep(3)" in talk.all
    assert "[right]" in talk.all
    assert desk.progress.due(1 + DAY_S) == []


def test_who_leaves_while_asked_again_is_asked_another_time(
    desk: Desk, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leaving does not count as asked."""
    exercise: Exercise = lesson.exercises[0]
    monkeypatch.setattr(
        "loopscope.learn.flow.steps.run_varied", lambda d, _: d.runs["first/predict"]
    )
    with pytest.raises(Leaving):
        ask_again(Scripted(["q"]), desk, exercise)
    assert desk.record(exercise).again == 0


def test_what_is_true_is_said_once_for_each_belief() -> None:
    """A belief that comes up a second time is named, refuted, and not explained once more."""
    wrong = Wrong(("2000",), "await-starts", "It begins later.\n\n- Look.")
    question = Question("total", "How long?", Seconds(), ("3000",), "Both count.", (wrong,))
    marked = mark(question, ("2000",))
    talk = Scripted([])
    show_answers(talk, [marked, marked, mark(question, ("3000",))], BELIEFS)
    belief = BELIEFS["await-starts"]
    head = ["", "[wrong]  How long?", "         You said 2 s, and it was 3 s."]
    says = ["         It begins later.", "         ", "         - Look."]
    because = "         Both count."
    claim = f"{belief.claim} That is not so."
    assert talk.heard == [
        *head, f"         Many believe: {claim}", *says, f"         {belief.truth}", because,
        *head, f"         Again: {claim}", *says, because,
        "", "[right]  How long?", "         3 s", because,
    ]  # fmt: skip
