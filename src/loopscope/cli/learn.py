"""``loopscope learn``: exercises that are graded by what really happens."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from loopscope.errors import UsageError

if TYPE_CHECKING:
    from loopscope.learn.facts.studied import Studied
    from loopscope.learn.flow.desk import Desk
    from loopscope.learn.lessons.model import Exercise, Lesson

FOLDER: Final = "loopscope-lessons"

Taken = tuple["Lesson", "Exercise"]

_folder = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(FOLDER),
    show_default=True,
    help="Where your programs and your progress are.",
)
_lessons = click.option(
    "--lessons",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="More lessons: a folder of a teacher.",
)


@click.group(invoke_without_command=True, short_help="Learn what the event loop does.")
@_folder
@_lessons
@click.option("--web", is_flag=True, help="Learn in the browser, with the runs beside the text.")
@click.pass_context
def command(ctx: click.Context, folder: Path, lessons: Path | None, web: bool) -> None:
    """Learn what the event loop does: predict, fix, design, refute, explain.

    Without a verb, the next exercise is taken. Answers are marked by a simulated run of the very
    program; programs that you mend in your own editor are graded whenever you save them.
    """
    ctx.obj = folder, lessons
    if web and ctx.invoked_subcommand is not None:
        raise click.UsageError("--web goes without a verb: the page has all of them.")
    if web:
        _serve(folder, lessons)
    elif ctx.invoked_subcommand is None:
        _take_next(folder, lessons)


@command.command(name="list")
@click.pass_obj
def list_(obj: tuple[Path, Path | None]) -> None:
    """List all exercises, and which are done."""
    desk, lessons = _desk(*obj)
    for lesson in lessons:
        print(lesson.title)
        for exercise in lesson.exercises:
            record = desk.record(exercise)
            state = "done" if record.passed_s else "begun" if record.finished else ""
            name = f"{lesson.id}/{exercise.id}"
            print(f"  {name:40} level {exercise.level}  {exercise.title:24} {state}".rstrip())


@command.command()
@click.argument("name")
@click.pass_obj
def take(obj: tuple[Path, Path | None], name: str) -> None:
    """Take the exercise NAME (LESSON/EXERCISE, or EXERCISE), also when it was done before."""
    desk, lessons = _desk(*obj)
    lesson, exercise = _find(lessons, name)
    _go(desk, [(lesson, exercise)])


@command.command()
@click.argument("name")
@click.pass_obj
def reset(obj: tuple[Path, Path | None], name: str) -> None:
    """Begin the exercise NAME anew; your program is kept beside it."""
    desk, lessons = _desk(*obj)
    _, exercise = _find(lessons, name)
    desk.reset(exercise)
    print(f"{desk.workspace.program(exercise)} is as it was given.")


@command.command()
@click.argument("name")
@click.pass_obj
def why(obj: tuple[Path, Path | None], name: str) -> None:
    """Show what you wrote about the exercise NAME, beside the model answer."""
    desk, lessons = _desk(*obj)
    _, exercise = _find(lessons, name)
    record = desk.record(exercise)
    if not record.passed_s:
        raise UsageError(
            f"{name} is not done yet: answer it first ('loopscope learn take {name}').",
            slug="learn-not-done",
        )
    for own in record.prose:
        print(f"You:   {own}")
    print(f"Model: {' '.join(exercise.why.split())}")


@command.command()
@click.option("--no-open", is_flag=True, help="Only write the page, and say where it is.")
@click.argument("name")
@click.pass_obj
def show(obj: tuple[Path, Path | None], name: str, no_open: bool) -> None:
    """Step through the last run of the exercise NAME, in the browser."""
    import webbrowser

    from loopscope.analysis.findings import findings_of
    from loopscope.analysis.summary import summarise
    from loopscope.learn.flow.stages import Stage, shows_findings
    from loopscope.trace.reader import read_trace
    from loopscope.views.html.page import make_page

    desk, lessons = _desk(*obj)
    _, exercise = _find(lessons, name)
    recording = desk.workspace.last_run(exercise)
    if recording is None or desk.stage(exercise) is Stage.PREDICT:
        raise UsageError(
            f"{name} has not run yet: answer first ('loopscope learn take {name}').",
            slug="learn-not-done",
        )
    page = recording.with_suffix(".html").absolute()
    summary = summarise(read_trace(recording))
    found = findings_of(summary) if shows_findings(desk.stage(exercise)) else ()
    page.write_text(make_page(summary, found), encoding="utf-8")
    print(page)
    if not no_open:
        webbrowser.open(page.as_uri())


def _serve(folder: Path, more: Path | None) -> None:
    from functools import partial

    from loopscope.learn.lessons.shelf import read_lessons
    from loopscope.learn.web.app import App
    from loopscope.learn.web.server import make_server

    runs: dict[str, Studied] = {}
    app = App(partial(_open_desk, folder, runs), list(read_lessons(more)))
    server, address = make_server(app)
    print(f"Open {address}", flush=True)
    print("Only this machine can, and only with this address. End with Ctrl-C.", flush=True)
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nKept. Go on with: loopscope learn --web")


def _take_next(folder: Path, more: Path | None) -> None:
    desk, lessons = _desk(folder, more)
    due = set(desk.progress.due(desk.now_s()))
    again = [
        (lesson, exercise)
        for lesson in lessons
        for exercise in lesson.exercises
        if f"{lesson.id}/{exercise.id}" in due
    ]
    left = [
        (lesson, exercise)
        for lesson in lessons
        for exercise in lesson.exercises
        if not desk.record(exercise).passed_s
    ]
    _go(desk, left, again)


def _go(desk: "Desk", exercises: list[Taken], again: Sequence[Taken] = ()) -> None:
    from loopscope.cli.output import make_console
    from loopscope.learn.terminal.session import ask_again
    from loopscope.learn.terminal.session import take as take_exercise
    from loopscope.learn.terminal.talk import Leaving, Terminal

    talk = Terminal(*make_console(sys.stdout))
    try:
        for _, exercise in again:
            ask_again(talk, desk, exercise)
        for lesson, exercise in exercises:
            take_exercise(talk, desk, lesson, exercise)
    except (Leaving, KeyboardInterrupt):
        talk.say()
        talk.say("Kept. Go on with: loopscope learn")
        return
    talk.say("That was the last one." if exercises else "All exercises are done.")


def _find(lessons: list["Lesson"], name: str) -> Taken:
    found = [
        (lesson, exercise)
        for lesson in lessons
        for exercise in lesson.exercises
        if name in (exercise.id, f"{lesson.id}/{exercise.id}")
    ]
    if len(found) == 1:
        return found[0]
    problem = "no exercise is called" if not found else "several exercises are called"
    raise UsageError(
        f"{problem.capitalize()} {name}: 'loopscope learn list' shows their names.",
        slug="learn-unknown",
    )


def _desk(folder: Path, more: Path | None) -> tuple["Desk", list["Lesson"]]:
    from loopscope.learn.lessons.shelf import read_lessons

    desk = _open_desk(folder, {})
    for note in desk.store.notes:
        print(f"loopscope: {note}", file=sys.stderr)
    return desk, list(read_lessons(more))


def _open_desk(folder: Path, runs: dict[str, "Studied"]) -> "Desk":
    """Return a desk with what is kept in the folder now."""
    from loopscope.learn.flow.desk import Desk
    from loopscope.learn.progress.store import Store
    from loopscope.learn.workspace import Workspace

    store = Store(folder)
    return Desk(store, store.read(), Workspace(folder), _now_s, runs)


def _now_s() -> int:
    return int(time.time())
