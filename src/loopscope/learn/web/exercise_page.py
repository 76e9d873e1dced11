"""The page of an exercise: text and forms on the left, program or run on the right."""

from collections.abc import Callable, Sequence
from typing import Final

from loopscope.learn.beliefs import BELIEFS
from loopscope.learn.flow.comments import claims_of
from loopscope.learn.flow.runs import run_given
from loopscope.learn.flow.stages import LEVELS, Stage, stages_of
from loopscope.learn.flow.steps import answered, questions, questions_about_own, remarks_left
from loopscope.learn.questions.question import Question
from loopscope.learn.review.mark import MOST_ROWS, claims_offered
from loopscope.learn.review.rows import Row, evidence_rows
from loopscope.learn.web.fields import Form, choices, line_field, question_field
from loopscope.learn.web.lesson_list import link
from loopscope.learn.web.marks import grade_told, marks, refuted
from loopscope.learn.web.markup import Html, Inside, joined, tag
from loopscope.learn.web.page import Reply, page
from loopscope.learn.web.prose import inline, listing, printed, prose
from loopscope.learn.web.sitting import Sitting
from loopscope.learn.workspace import stamp


def exercise_page(sitting: Sitting, following: Inside = "") -> Reply:
    """Return the page of an exercise at its present stage.

    Args:
        sitting: The exercise, and what was just said.
        following: A link to the exercise that comes next.
    """
    exercise, stage = sitting.exercise, sitting.stage
    text = tag(
        "article",
        tag("h1", exercise.title),
        tag(
            "p",
            f"{sitting.lesson.title}, level {exercise.level}: {LEVELS[exercise.level]}",
            class_="quiet",
        ),
        prose(exercise.text),
        _program(sitting) if _shows_run(sitting) else "",
        _predicted(sitting),
        _reviewed(sitting),
        _about_own(sitting),
        _STAGES[stage](sitting),
        _hints(sitting),
        tag("p", following) if stage is Stage.DONE else "",
        _put_back(sitting),
    )
    right = _run(sitting) if _shows_run(sitting) else _program(sitting, is_open=True)
    return page(exercise.title, text, tag("aside", right, aria_label="Program and run"))


def stamp_text(sitting: Sitting) -> str:
    """Return what changes when the learner's program is saved; "" while it is away."""
    found = stamp(sitting.desk.workspace.program(sitting.exercise))
    return "" if found is None else "-".join(map(str, found))


def question_fields(asked: Sequence[Question], form: Form, problems: dict[str, str]) -> Html:
    """Return questions as fields of a form."""
    return joined(
        question_field(one, f"{number}/{len(asked)}", form, problems.get(one.id, ""))
        for number, one in enumerate(asked, 1)
    )


def _shows_run(sitting: Sitting) -> bool:
    is_over = sitting.stage is not Stage.PREDICT
    return is_over and sitting.desk.workspace.last_run(sitting.exercise) is not None


def _run(sitting: Sitting) -> Html:
    source = link(sitting.exercise, "run")
    return tag("iframe", src=source, title="The run, step by step", sandbox="allow-scripts")


def _program(sitting: Sitting, *, is_open: bool = False) -> Html:
    exercise = sitting.exercise
    lines = exercise.program.read_text("utf-8", "replace").splitlines()
    name = f"{exercise.program.name}, as it was given"
    return tag("details", tag("summary", name), listing(lines, name), open=is_open)


def _form(sitting: Sitting, do: str, button: str, *inside: Inside) -> Html:
    """Return a form; Enter in any of its fields presses its first button."""
    here = link(sitting.exercise)
    hint = tag("button", "Hint", name="do", value="hint", formaction=f"{here}#hints")
    return tag(
        "form",
        tag("input", type="hidden", name="stage", value=sitting.stage.value),
        *inside,
        tag(
            "p",
            tag("button", button, name="do", value=do, class_="main"),
            " ",
            hint if sitting.exercise.hints else "",
        ),
        method="post",
        action=f"{here}#now",
    )


def _predict(sitting: Sitting) -> Html:
    asked = questions(sitting.desk, sitting.exercise)
    problem = "Some answers cannot be read: see below." if sitting.problems else ""
    return _section(
        "What will it do?",
        tag("p", problem, class_="problem", role="alert") if problem else "",
        _form(
            sitting,
            "answer",
            "Commit all answers, and run",
            question_fields(asked, sitting.form, dict(sitting.problems)),
        ),
    )


def _predicted(sitting: Sitting) -> Html | str:
    """Return the predictions beside the run, once they are committed."""
    if Stage.PREDICT not in sitting.desk.record(sitting.exercise).finished:
        return ""
    output = "\n".join(run_given(sitting.desk, sitting.exercise).printed)
    return tag(
        "details",
        tag("summary", "Your predictions, beside the run"),
        printed(joined([output]), "What the run printed"),
        marks(answered(sitting.desk, sitting.exercise), sitting.lesson.beliefs),
        id="predicted",
        open=sitting.stage in _after(sitting, Stage.PREDICT),
    )


def _after(sitting: Sitting, stage: Stage) -> tuple[Stage, ...]:
    """Return the stage that comes after another one."""
    all_stages = (*stages_of(sitting.exercise), Stage.DONE)
    return tuple(all_stages[n + 1] for n, one in enumerate(all_stages[:-1]) if one is stage)


def _review(sitting: Sitting) -> Html:
    desk, exercise = sitting.desk, sitting.exercise
    number = remarks_left(desk, exercise)[0]
    remark, studied = exercise.remarks[number], run_given(desk, exercise)
    claims = claims_of(remark, sitting.lesson.beliefs)
    rows = (_evidence(row, sitting.form) for row in evidence_rows(studied))
    return _section(
        f"Review: comment {number + 1} of {len(exercise.remarks)}",
        tag("p", "It says: ", tag("q", remark.quote.strip())),
        _remarked(sitting),
        _form(
            sitting,
            "comment",
            "Comment",
            tag("input", type="hidden", name="remark", value=str(number)),
            line_field("line", studied.source, sitting.form),
            tag(
                "fieldset",
                tag("legend", "What is true?"),
                choices("radio", "claim", claims.options, sitting.form),
            ),
            tag("fieldset", tag("legend", f"1 to {MOST_ROWS} rows of the run that show it"), *rows),
        ),
    )


def _evidence(row: Row, form: Form) -> Html:
    value = str(row.number)
    box = tag(
        "input", type="checkbox", name="rows", value=value, checked=value in form.get("rows", ())
    )
    number = tag("span", f"{row.number} ", class_="number")
    return tag("label", box, " ", number, row.text, class_="choice")


def _remarked(sitting: Sitting) -> Html | str:
    if sitting.problems:
        return tag("p", *sitting.problems.values(), class_="problem", role="alert")
    reply = sitting.remarked
    if reply is None:
        return ""
    belief = sitting.lesson.beliefs[reply.belief] if reply.belief else None
    told = "" if belief is None else refuted(belief, "")
    return tag("div", tag("p", tag("b", "not yet"), " ", reply.says), told, class_="wrong")


def _reviewed(sitting: Sitting) -> Html | str:
    done = sitting.desk.record(sitting.exercise).comments
    remarks = [one for n, one in enumerate(sitting.exercise.remarks) if n in done]
    if not remarks:
        return ""
    rows = (
        tag(
            "li",
            tag("q", one.quote.strip()),
            f" In truth: {claims_offered(one, sitting.lesson.beliefs)[one.claim]}",
            class_="right",
        )
        for one in remarks
    )
    return tag("section", tag("h2", "Your review"), tag("ul", *rows, class_="marks"))


def _mend(sitting: Sitting) -> Html:
    program = sitting.desk.workspace.begin(sitting.exercise)
    told = "" if sitting.grade is None else grade_told(sitting.grade, sitting.lesson.beliefs)
    return _section(
        "Change the program",
        tag("p", "Open this file in your editor; it is graded when you save it."),
        tag("p", tag("code", str(program.absolute()))),
        tag("div", told, id="grade"),
        tag("p", id="watching", role="status"),
        tag(
            "div",
            _form(sitting, "grade", "Grade now"),
            id="watched",
            data_stamp=stamp_text(sitting),
            data_state=link(sitting.exercise, "state"),
        ),
    )


def _own(sitting: Sitting) -> Html:
    asked = questions_about_own(sitting.desk, sitting.exercise)
    return _section(
        "About your own program, as it ran just now",
        tag("p", tag("b", "passes"), " It stands all trials.", class_="right"),
        _form(
            sitting,
            "own",
            "Answer",
            question_fields(asked, sitting.form, dict(sitting.problems)),
        ),
    )


def _about_own(sitting: Sitting) -> Html | str:
    if not sitting.about_own:
        return ""
    told = marks(sitting.about_own, BELIEFS)
    return tag("section", tag("h2", "About your own program"), told, id="own")


def _explain(sitting: Sitting) -> Html:
    area = tag("textarea", name="why", id="why", rows="6")
    label = tag("label", "Your own words; nobody marks them", for_="why", class_="how")
    return _section(
        "Why is it so?", _form(sitting, "explain", "Show the model answer", label, area)
    )


def _done(sitting: Sitting) -> Html:
    desk, exercise = sitting.desk, sitting.exercise
    own = desk.record(exercise).prose
    is_last = all(desk.record(one).passed_s for one in sitting.lesson.exercises)
    essence = tag("blockquote", prose(sitting.lesson.essence)) if is_last else ""
    again = tag("input", type="hidden", name="stage", value=sitting.stage.value)
    return _section(
        "Done",
        tag("h3", "You"),
        *(tag("p", words, class_="own") for words in own or ["Nothing."]),
        tag("h3", "The model answer"),
        prose(exercise.why),
        essence,
        tag(
            "form",
            again,
            tag("button", "Take it again", name="do", value="again"),
            method="post",
            action=link(exercise),
        ),
    )


def _hints(sitting: Sitting) -> Html | str:
    hints = sitting.exercise.hints[: sitting.desk.record(sitting.exercise).hints]
    if not hints:
        return ""
    rows = (tag("li", inline(one)) for one in hints)
    return tag("section", tag("h2", "Hints"), tag("ol", *rows), id="hints")


def _put_back(sitting: Sitting) -> Html:
    return tag(
        "details",
        tag("summary", "Begin anew"),
        tag(
            "p",
            "Forgets what you answered and wrote here. Your program is kept beside the new one.",
        ),
        tag(
            "form",
            tag("input", type="hidden", name="stage", value=sitting.stage.value),
            tag("button", "Forget it, and begin anew", name="do", value="reset"),
            method="post",
            action=link(sitting.exercise),
        ),
        class_="quiet",
    )


def _section(title: str, *inside: Inside) -> Html:
    return tag("section", tag("h2", title), *inside, id="now")


_STAGES: Final[dict[Stage, Callable[[Sitting], Html]]] = {
    Stage.PREDICT: _predict,
    Stage.REVIEW: _review,
    Stage.MEND: _mend,
    Stage.OWN: _own,
    Stage.EXPLAIN: _explain,
    Stage.DONE: _done,
}
