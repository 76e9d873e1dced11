"""The way through an exercise: its stages in order, kept, and taken again."""

from loopscope.learn.flow.desk import Desk
from loopscope.learn.flow.stages import Stage, shows_findings, stages_of
from loopscope.learn.flow.steps import answered, commit, explain, questions
from loopscope.learn.lessons.model import Lesson
from loopscope.learn.progress.progress import Given
from loopscope.learn.questions.question import mark


def test_an_exercise_has_the_stages_that_it_has_parts_for(lesson: Lesson) -> None:
    """Questions are to be predicted, trials to be mended and answered for; all are explained."""
    predict, repair = lesson.exercises
    assert stages_of(predict) == (Stage.PREDICT, Stage.EXPLAIN)
    assert stages_of(repair) == (Stage.MEND, Stage.OWN, Stage.EXPLAIN)


def test_an_exercise_is_passed_when_its_last_stage_is_over(desk: Desk, lesson: Lesson) -> None:
    """Answers lead to the explanation, and that to the end; what was given is kept in the file."""
    exercise = lesson.exercises[0]
    (question,) = questions(desk, exercise)
    commit(desk, exercise, [mark(question, ("2000",))])
    assert desk.stage(exercise) is Stage.EXPLAIN
    explain(desk, exercise, "because")
    assert desk.stage(exercise) is Stage.DONE
    (record,) = desk.store.read().records.values()
    assert record.answers == {"total": Given(("2000",), is_right=False, at_s=1000)}
    assert (record.prose, record.passed_s) == (["because"], 1000)
    assert record.finished == ["predict", "explain"]


def test_an_exercise_that_is_taken_again_stays_passed(desk: Desk, lesson: Lesson) -> None:
    """All its stages come again, and it still counts as passed, with what was written."""
    exercise = lesson.exercises[0]
    commit(desk, exercise, [])
    explain(desk, exercise, "because")
    desk.begin_again(exercise)
    assert desk.stage(exercise) is Stage.PREDICT
    record = desk.record(exercise)
    assert (record.passed_s, record.prose) == (1000, ["because"])


def test_a_reset_forgets_everything(desk: Desk, lesson: Lesson) -> None:
    """After a reset nothing is kept of an exercise."""
    exercise = lesson.exercises[0]
    commit(desk, exercise, [])
    desk.reset(exercise)
    assert desk.store.read().records == {}


def test_kept_answers_that_no_longer_fit_are_left_out(desk: Desk, lesson: Lesson) -> None:
    """An answer of another shape in the file is no reason to fall over."""
    exercise = lesson.exercises[0]
    record = desk.record(exercise)
    for answer in [("x",), (), ("9" * 9999,)]:
        record.answers = {"total": Given(answer, is_right=True, at_s=0)}
        assert answered(desk, exercise) == []
    record.answers = {"total": Given(("3000",), is_right=False, at_s=0)}
    (marked,) = answered(desk, exercise)
    assert marked.is_right


def test_hints_come_one_at_a_time_and_end(desk: Desk, lesson: Lesson) -> None:
    """The last hint is given again when all were given."""
    exercise = lesson.exercises[0]
    assert desk.hint(exercise) == exercise.hints[0]
    assert desk.hint(exercise) == exercise.hints[-1]
    assert desk.store.read().record("first/predict").hints == len(exercise.hints)


def test_findings_are_shown_only_when_nothing_is_left_to_find() -> None:
    """A run that a learner still has to review or mend is shown without its findings."""
    shown = [stage for stage in Stage if shows_findings(stage)]
    assert shown == [Stage.OWN, Stage.EXPLAIN, Stage.DONE]
