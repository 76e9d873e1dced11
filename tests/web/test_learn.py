"""A new learner goes through the first lesson in a browser."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.learn.walk import PREDICTIONS, beliefs_met, comments, first_lesson, programs

from loopscope.learn.lessons.model import Exercise, Lesson

pytestmark = pytest.mark.slow

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
PATIENCE_MS = 90_000


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The address that ``loopscope learn --web`` prints; it ends when interrupted."""
    command = [sys.executable, "-m", "loopscope", "learn", "--web"]
    server = subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    yield server.stdout.readline().removeprefix("Open ").strip()
    server.send_signal(signal.SIGINT)
    told, _ = server.communicate(timeout=30)
    assert "Kept." in told
    assert server.returncode == 0


class Learner:
    """Somebody at a browser, and everything that went on in it beside what it shows."""

    def __init__(self, browser: Browser, address: str, folder: Path, scheme: str = "light") -> None:
        context = browser.new_context(
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": 1280, "height": 900},
        )
        context.set_default_timeout(PATIENCE_MS)
        self.page: Page = context.new_page()
        self.folder = folder / "loopscope-lessons"
        self.requests: list[str] = []
        self.problems: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        self.page.on("console", lambda said: self.problems.append(f"console: {said.text}"))
        self.page.goto(address)
        self.origin = address.partition("/?")[0]

    @property
    def now(self) -> Locator:
        """The part of the page in which something is to be done."""
        return self.page.locator("#now")

    def press(self, name: str) -> None:
        """Press a button, by keyboard."""
        self.page.get_by_role("button", name=name, exact=True).press("Enter")

    def check_with_axe(self) -> None:
        """Let axe-core look at the page itself; the run in it has tests of its own."""
        # In a world of its own, since the page lets no script in.
        session = self.page.context.new_cdp_session(self.page)
        tree = session.send("Page.getFrameTree")
        world = session.send(
            "Page.createIsolatedWorld", {"frameId": tree["frameTree"]["frame"]["id"]}
        )
        ask = "axe.run(document, {resultTypes: ['violations'], iframes: false})"
        told = f"{ask}.then(found => JSON.stringify(found.violations))"
        there = {"contextId": world["executionContextId"], "returnByValue": True}
        session.send("Runtime.evaluate", {"expression": AXE, **there})
        answer = session.send(
            "Runtime.evaluate", {"expression": told, "awaitPromise": True, **there}
        )
        found = json.loads(answer["result"]["value"])
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


def fill(field: Locator, answer: str) -> None:
    """Put an answer into the field of a question, whatever it looks like."""
    if field.locator("textarea").count():
        field.locator("textarea").fill("\n".join(answer.split(" | ")))
    elif field.locator("select").count() == 1:
        field.locator("select").select_option(answer)
    elif field.locator("select").count():
        for select, pair in zip(field.locator("select").all(), answer.split(), strict=True):
            select.select_option(pair)
    elif field.locator("input[type=text]").count():
        field.locator("input[type=text]").fill(answer)
    else:
        for letter in answer.split():
            field.locator(f"input[value='{letter}']").check()


def predict(learner: Learner, lesson: Lesson, exercise: Exercise) -> None:
    """Take a hint, answer all questions wrongly, and see the run beside the answers."""
    expect(learner.page.locator("h1")).to_have_text(exercise.title)
    assert learner.page.locator("iframe").count() == 0
    fields = learner.now.locator("fieldset").all()
    answers = PREDICTIONS[exercise.id]
    fill(fields[0], answers[0])
    if exercise.hints:
        learner.press("Hint")
        expect(learner.page.locator("#hints li")).to_have_text(exercise.hints[0].replace("`", ""))
    learner.press("Commit all answers, and run")
    if len(answers) > 1:
        expect(learner.now.get_by_role("alert")).to_be_visible()
    for field, answer in zip(learner.now.locator("fieldset").all()[1:], answers[1:], strict=True):
        fill(field, answer)
    learner.press("Commit all answers, and run")
    told = learner.page.locator("#predicted")
    expect(told.locator("ol.marks > li")).to_have_count(len(answers))
    shown = told.inner_text()
    for claim in beliefs_met(lesson, exercise):
        assert claim in shown
    run = learner.page.frame_locator("iframe")
    expect(run.locator(".steps-bar")).to_be_visible()


def review(learner: Learner, lesson: Lesson, exercise: Exercise) -> None:
    """Comment on each remark, wrongly at first."""
    for remark in exercise.remarks:
        expect(learner.now.locator("q").first).to_have_text(remark.quote)
        for comment in comments(lesson, exercise, remark):
            learner.now.locator("select[name=line]").select_option(comment.line)
            learner.now.locator(f"input[name=claim][value='{comment.claim}']").check()
            for row in learner.now.locator("input[name=rows]:checked").all():
                row.uncheck()
            for part in comment.rows:
                learner.now.locator("label.choice", has_text=part).first.locator("input").check()
            learner.press("Comment")
            if comment.answer != "these rows show it":
                expect(learner.now.locator(".wrong").first).to_contain_text(comment.answer)
        done = learner.page.locator("li.right", has_text=remark.quote)
        expect(done).to_be_visible()


def mend(learner: Learner, lesson: Lesson, exercise: Exercise) -> None:
    """Save programs in an editor, and see each graded without a click."""
    program = learner.folder / lesson.id / exercise.id / "program.py"
    expect(learner.page.locator("#watching")).to_have_text("Waiting for you to save it.")
    for file, reason in programs(exercise, 1):
        program.write_bytes(file.read_bytes())
        if reason is not None:
            expect(learner.page.locator("#grade")).to_contain_text(
                f"not yet {reason}", timeout=PATIENCE_MS
            )
    expect(learner.now).to_contain_text("It stands all trials.", timeout=PATIENCE_MS)
    for field in learner.now.locator("fieldset").all():
        if field.locator("input[type=text]").count():
            field.locator("input[type=text]").fill("99")
        else:
            field.locator("input").first.check()
    learner.press("Answer")
    expect(learner.page.locator("#own li")).to_have_count(2)


def test_a_new_learner_goes_through_the_first_lesson(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    """Wrong predictions, hints, wrong programs, wrong evidence; in the end all is done."""
    lesson = first_lesson()
    learner = Learner(browser, address, tmp_path)
    assert learner.page.url == f"{learner.origin}/", "the token is gone from the address"
    learner.page.get_by_role("link", name=lesson.exercises[0].title).press("Enter")
    for exercise in lesson.exercises:
        predict(learner, lesson, exercise)
        if exercise.remarks:
            review(learner, lesson, exercise)
        if exercise.trials:
            mend(learner, lesson, exercise)
        words = f"<b>because</b> of {exercise.id}"
        learner.now.locator("textarea").fill(words)
        learner.press("Show the model answer")
        expect(learner.now.locator(".own")).to_have_text(words)
        learner.page.locator("a.main").press("Enter")
    kept = json.loads((learner.folder / "progress.json").read_text())["exercises"]
    for exercise in lesson.exercises:
        assert kept[f"{lesson.id}/{exercise.id}"]["passed_s"] > 0
    assert learner.problems == []
    elsewhere = [one for one in learner.requests if not one.startswith((learner.origin, "data:"))]
    assert elsewhere == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(
    browser: Browser, address: str, tmp_path: Path, scheme: str
) -> None:
    """The list, questions with problems, marks, the editor's page and the review are clean."""
    lesson = first_lesson()
    learner = Learner(browser, address, tmp_path, scheme)
    learner.check_with_axe()
    learner.page.get_by_role("link", name="Three exchanges").click()
    learner.press("Commit all answers, and run")
    learner.check_with_axe()
    learner.page.goto(f"{learner.origin}/exercise/{lesson.id}/review")
    predict(learner, lesson, lesson.exercises[-1])
    learner.press("Comment")
    learner.check_with_axe()
    learner.page.goto(f"{learner.origin}/exercise/{lesson.id}/errors_have_names")
    predict(learner, lesson, lesson.exercises[2])
    learner.press("Grade now")
    expect(learner.page.locator("#grade")).to_contain_text("not yet")
    learner.check_with_axe()


def test_the_run_keeps_its_place_when_a_form_is_sent(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    """A hint, or a comment, does not take the step-through back to its first step."""
    lesson = first_lesson()
    learner = Learner(browser, address, tmp_path)
    learner.page.goto(f"{learner.origin}/exercise/{lesson.id}/review")
    predict(learner, lesson, lesson.exercises[-1])
    run = learner.page.frame_locator("iframe")
    run.get_by_role("button", name="One step forward").click()
    expect(run.locator(".clock")).to_contain_text("step 2 of")
    learner.press("Comment")
    expect(learner.now.get_by_role("alert")).to_be_visible()
    expect(learner.now).to_be_focused()
    expect(run.locator(".clock")).to_contain_text("step 2 of")
    assert learner.problems == []


def test_the_pages_work_without_scripts(browser: Browser, address: str) -> None:
    """Where scripts are off, the forms are sent by the browser itself."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("link", name="Three exchanges").click()
    answers = PREDICTIONS["three_exchanges"]
    for field, answer in zip(page.locator("#now fieldset").all(), answers, strict=True):
        fill(field, answer)
    page.get_by_role("button", name="Commit").click()
    expect(page.locator("#predicted")).to_contain_text("You said 2 s, and it was 6 s.")
    assert page.url.endswith("#predicted")
    context.close()
