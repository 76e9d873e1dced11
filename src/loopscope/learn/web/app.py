"""Answers requests for pages. It knows nothing of sockets, cookies or headers."""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from loopscope.analysis.findings import findings_of
from loopscope.analysis.summary import summarise
from loopscope.errors import LoopscopeError
from loopscope.learn.flow.desk import Desk, key_of
from loopscope.learn.flow.stages import Stage, shows_findings
from loopscope.learn.lessons.model import Lesson
from loopscope.learn.web.again import ask_again
from loopscope.learn.web.deeds import BELONGS, DEEDS
from loopscope.learn.web.exercise_page import exercise_page
from loopscope.learn.web.fields import Form, typed
from loopscope.learn.web.lesson_list import lesson_list, link, next_one
from loopscope.learn.web.markup import Inside, tag
from loopscope.learn.web.page import HTML, Reply, not_found, page, see
from loopscope.learn.web.present import SHOWN_AT, stamp_text
from loopscope.learn.web.sitting import Sitting
from loopscope.trace.reader import read_trace
from loopscope.views.html.page import make_page

RUN_POLICY: Final = "sandbox allow-scripts; frame-ancestors 'self'"
"""The step-through page brings a policy of its own that allows even less; whatever a recording
may hold, it runs without this server's cookie and cannot send a form."""


class App:
    """The lessons of one learner, as pages.

    Progress is read anew for each request: the same learner may go on in a terminal in between.

    Args:
        open_desk: Returns the desk with what is kept now.
        lessons: The lessons.
    """

    def __init__(self, open_desk: Callable[[], Desk], lessons: Sequence[Lesson]) -> None:
        self._open_desk = open_desk
        self._lessons = lessons
        self._known = {key_of(e): (one, e) for one in lessons for e in one.exercises}
        self._said: dict[str, Sitting] = {}
        self._one_at_a_time = threading.Lock()

    def get(self, path: str) -> Reply:
        """Answer a request for a page."""
        if path == "/":
            return self._safely(path, lambda: lesson_list(self._open_desk(), self._lessons))
        kind, _, key = path.removeprefix("/").partition("/")
        show = {"exercise": self._exercise, "run": self._run, "again": self._again}.get(kind)
        if key not in self._known:
            return not_found()
        if kind == "state":  # asked every second, also while a program is graded
            return self._state(key)
        return not_found() if show is None else self._safely(path, lambda: show(key))

    def post(self, path: str, form: Form) -> Reply:
        """Answer a form that was sent."""
        kind, _, key = path.removeprefix("/").partition("/")
        do = {"exercise": self._do, "again": self._again}.get(kind)
        if do is None or key not in self._known:
            return not_found()
        return self._safely(path, lambda: do(key, form))

    def _safely(self, path: str, answer: Callable[[], Reply]) -> Reply:
        with self._one_at_a_time:
            try:
                return answer()
            except LoopscopeError as error:
                title = tag("h1", "That did not work")
                told = tag("article", title, tag("p", str(error)), tag("a", "Back", href=path))
                return page("Error", told, status=500)

    def _sitting(self, key: str) -> Sitting:
        lesson, exercise = self._known[key]
        fresh = Sitting(self._open_desk(), lesson, exercise)
        said = self._said.get(key)
        if said is None:
            return fresh
        return replace(fresh, grade=said.grade, graded=said.graded, about_own=said.about_own)

    def _exercise(self, key: str) -> Reply:
        sitting = self._sitting(key)
        return exercise_page(sitting, self._following(sitting.desk))

    def _following(self, desk: Desk) -> Inside:
        following = next_one(desk, self._lessons)
        if following is None:
            return tag("a", "That was the last one: all exercises", href="/")
        return tag("a", f"Next: {following.title}", href=link(following), class_="main")

    def _do(self, key: str, form: Form) -> Reply:
        sitting = self._sitting(key)
        do = typed(form, "do")
        here = see(f"{link(sitting.exercise)}#{SHOWN_AT.get(do, 'now')}")
        is_old = (
            typed(form, "stage") != sitting.stage or BELONGS.get(do, sitting.stage) != sitting.stage
        )
        if do not in DEEDS or is_old:
            return here
        shown = DEEDS[do](sitting, form)
        self._said.pop(key, None)
        if shown is None:
            return here
        if shown.form:
            return exercise_page(shown)
        self._said[key] = shown
        return here

    def _again(self, key: str, form: Form | None = None) -> Reply:
        desk, exercise = self._open_desk(), self._known[key][1]
        if key not in desk.progress.due(desk.now_s()):
            return see("/")
        return ask_again(desk, exercise, form)

    def _run(self, key: str) -> Reply:
        sitting = self._sitting(key)
        recording = sitting.desk.workspace.last_run(sitting.exercise)
        if recording is None or sitting.stage is Stage.PREDICT:
            return not_found()
        summary = summarise(read_trace(recording))
        found = findings_of(summary) if shows_findings(sitting.stage) else ()
        run = make_page(summary, found)
        return Reply(200, run.encode(errors="replace"), HTML, RUN_POLICY)

    def _state(self, key: str) -> Reply:
        state = json.dumps({"stamp": stamp_text(self._sitting(key).stamp())})
        return Reply(200, state.encode(), "application/json")
