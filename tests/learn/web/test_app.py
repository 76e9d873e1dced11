"""What the pages hold, and what forms do, without a server or a browser."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from loopscope.learn.flow.desk import Desk
from loopscope.learn.flow.stages import Stage
from loopscope.learn.flow.steps import explain, grade_own
from loopscope.learn.lessons.model import Exercise, Lesson
from loopscope.learn.progress.progress import DAY_S
from loopscope.learn.progress.store import Store
from loopscope.learn.trials.grade import Grade
from loopscope.learn.web.app import RUN_POLICY, App
from loopscope.learn.web.page import Reply

HOSTILE = '</script><img src=x onerror="alert(1)">\x1b[31m\u202e\ud800'
PREDICT = "/exercise/first/predict"
REPAIR = "/exercise/first/repair"


@pytest.fixture
def app(desk: Desk, lesson: Lesson) -> App:
    """The lesson of the fixture; progress is read anew for each request."""
    return App(lambda: replace(desk, progress=desk.store.read()), [lesson])


def text(reply: Reply) -> str:
    """Return a page as text."""
    return reply.body.decode()


def send(app: App, do: str, stage: str, path: str = PREDICT, **fields: str | list[str]) -> Reply:
    """Send the form of a stage."""
    form = {key.replace("_", "-"): [v] if isinstance(v, str) else v for key, v in fields.items()}
    return app.post(path, {"do": [do], "stage": [stage], **form})


def test_an_answer_that_cannot_be_read_is_told_and_kept_in_its_field(app: App) -> None:
    """What was typed stands there still, with what is wrong with it; nothing is committed."""
    reply = send(app, "answer", "predict", q_total='so"on')
    assert reply.status == 200
    assert "Give a time in seconds, such as 1.5." in text(reply)
    assert 'value="so&quot;on"' in text(reply)
    assert "beside the run" not in text(app.get(PREDICT))


def test_answers_are_committed_and_then_shown_beside_the_run(app: App, desk: Desk) -> None:
    """After the answers the page shows the run, the belief and the truth."""
    reply = send(app, "answer", "predict", q_total="2")
    assert (reply.status, reply.to) == (303, f"{PREDICT}#predicted")
    page = text(app.get(PREDICT))
    assert "You said 2 s, and it was 3 s." in page
    assert "The second nap begins at 1 s, not at 0 s." in page
    assert desk.store.read().record("first/predict").answers["total"].answer == ("2000",)


def test_a_hint_keeps_what_was_typed(app: App) -> None:
    """Asking for a hint costs no answer."""
    page = text(send(app, "hint", "predict", q_total="2.5"))
    assert "How many tasks are there?" in page
    assert 'value="2.5"' in page
    assert "Give a time" not in page


def test_terminal_and_browser_go_on_where_the_other_stopped(app: App, desk: Desk) -> None:
    """What was done in the browser is done in the terminal, and the other way round."""
    send(app, "answer", "predict", q_total="3")
    terminal = replace(desk, progress=Store(desk.workspace.folder).read())
    exercise = app._known["first/predict"][1]
    assert terminal.stage(exercise) is Stage.EXPLAIN
    explain(terminal, exercise, "in the terminal")
    assert "in the terminal" in text(app.get(PREDICT))
    assert "next" in text(app.get("/"))


@pytest.mark.parametrize(
    "do", ["answer", "comment", "grade", "own", "explain", "again", "dance", ""]
)
def test_a_form_of_an_old_page_does_nothing(app: App, desk: Desk, do: str) -> None:
    """A page that was open while the learner went on elsewhere only leads to the present one."""
    send(app, "answer", "predict", q_total="3")
    before = desk.store.read()
    reply = send(app, do, "predict", q_total="2", why="x")
    assert reply.status == 303
    assert desk.store.read() == before


@pytest.mark.slow
def test_a_program_is_graded_asked_about_and_explained(
    app: App, desk: Desk, lesson: Lesson
) -> None:
    """The repair from its first page to its last, with its run beside it."""
    exercise = lesson.exercises[1]
    program = desk.workspace.begin(exercise)
    before = app.get("/state/first/repair")
    send(app, "grade", "mend", REPAIR)
    assert "The second nap still begins when the first is over." in text(app.get(REPAIR))
    assert exercise.key is not None
    program.write_text(exercise.key.read_text())
    assert json.loads(app.get("/state/first/repair").body) != json.loads(before.body)
    send(app, "grade", "mend", REPAIR)
    page = text(app.get(REPAIR))
    assert "It stands all trials." in page
    assert 'src="/run/first/repair?' in page
    run = app.get("/run/first/repair")
    assert (run.status, run.policy) == (200, RUN_POLICY)
    assert "Content-Security-Policy" in text(run)
    assert "letters" not in text(send(app, "own", "own", REPAIR, **{"q-tasks": "x"}))
    send(app, "own", "own", REPAIR, **{"q-tasks": "7", "q-together": "2", "q-state": "b"})
    assert "You said 7, and it was 2." in text(app.get(REPAIR))
    send(app, "explain", "explain", REPAIR, why="because")
    page = text(app.get(REPAIR))
    assert "because" in page
    assert "gather makes a task of each nap" in page
    send(app, "again", "done", REPAIR)
    assert "Grade now" in text(app.get(REPAIR))


@pytest.mark.slow
def test_what_was_predicted_is_asked_again_when_it_is_due(desk: Desk, lesson: Lesson) -> None:
    """A day later the list says so; the page asks with other numbers, marks, and is over."""
    later = replace(desk, now_s=lambda: 1000 + DAY_S)
    app = App(lambda: replace(later, progress=desk.store.read()), [lesson])
    assert app.get("/again/first/predict").to == "/"
    send(app, "answer", "predict", q_total="3")
    explain(replace(desk, progress=desk.store.read()), lesson.exercises[0], "")
    assert "/again/first/predict" in text(app.get("/"))
    page = text(app.get("/again/first/predict"))
    assert "sleep(3)" in page
    assert "Give a time" not in page
    assert "Give a time" in text(app.post("/again/first/predict", {}))
    assert "You said 3 s, and it was 4 s." in text(
        app.post("/again/first/predict", {"q-total": ["3"]})
    )
    assert app.get("/again/first/predict").to == "/"


def test_reset_forgets_and_begins_anew(app: App, desk: Desk) -> None:
    """After a reset the questions are asked as on the first day."""
    send(app, "answer", "predict", q_total="3")
    send(app, "reset", "explain")
    assert desk.store.read().records == {}
    assert "What will it do?" in text(app.get(PREDICT))


def test_what_goes_wrong_is_one_sentence_on_a_page(
    desk: Desk, lesson: Lesson, tmp_path: Path
) -> None:
    """A program that cannot be read is told, and the server goes on."""
    broken = replace(desk, runs={})
    missing = tuple(replace(one, folder=tmp_path / "gone") for one in lesson.exercises)
    (tmp_path / "kept").write_text("")
    app = App(lambda: broken, [replace(lesson, exercises=missing)])
    reply = app.get(f"/exercise/{tmp_path.name}/predict")
    assert reply.status == 500
    assert "--folder" in text(reply)


def hostile(exercise: Exercise) -> Exercise:
    """Return an exercise of somebody who wants out of the page."""
    questions = tuple(replace(one, ask=HOSTILE, because=HOSTILE) for one in exercise.questions)
    return replace(
        exercise,
        title=HOSTILE,
        text=HOSTILE,
        hints=(HOSTILE,),
        why=HOSTILE,
        questions=questions,
    )


def test_a_hostile_lesson_stays_text(desk: Desk, lesson: Lesson) -> None:
    """No text of a lesson, a run or a learner becomes an element, whatever page shows it."""
    exercise = hostile(lesson.exercises[0])
    bad = replace(lesson, title=HOSTILE, essence=HOSTILE, exercises=(exercise,))
    run = desk.runs["first/predict"]
    desk.runs["first/predict"] = replace(run, printed=(HOSTILE,), source=(HOSTILE,))
    app = App(lambda: desk, [bad])
    pages = [app.get("/"), app.get(PREDICT)]
    pages += [send(app, "hint", "predict", q_total=HOSTILE)]
    send(app, "answer", "predict", q_total="1")
    pages += [app.get(PREDICT)]
    send(app, "explain", "explain", why=HOSTILE)
    pages += [app.get(PREDICT), app.get("/")]
    for page in pages:
        assert "<img" not in text(page)
        assert text(page).count("<script") == 1
        assert text(page).count("</script>") == 1
        assert "&lt;img" in text(page)


@pytest.mark.slow
def test_what_is_saved_while_another_is_graded_is_graded_next(
    app: App, desk: Desk, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page compares with the file that was graded, not with the one that is there since."""
    exercise = lesson.exercises[1]
    program = desk.workspace.begin(exercise)
    before = json.loads(app.get("/state/first/repair").body)["stamp"]

    def grade_slowly(at: Desk, of: Exercise) -> Grade:
        given = grade_own(at, of)
        program.write_text("saved meanwhile")
        return given

    monkeypatch.setattr("loopscope.learn.web.deeds.grade_own", grade_slowly)
    send(app, "grade", "mend", REPAIR)
    assert f'data-stamp="{before}"' in text(app.get(REPAIR))
    assert json.loads(app.get("/state/first/repair").body)["stamp"] != before


def test_one_exercise_comes_next(desk: Desk, lesson: Lesson) -> None:
    """Of all lessons, the first exercise that is not passed is marked, and no other."""
    app = App(lambda: desk, [lesson, replace(lesson, title="More")])
    page = text(app.get("/"))
    assert page.index('class="state next"') < page.index("Let them nap at once")
    desk.record(lesson.exercises[0]).passed_s = 1
    page = text(app.get("/"))
    assert page.index('class="state next"') > page.index("Let them nap at once")
    assert page.index('class="state done"') < page.index("Let them nap at once")
