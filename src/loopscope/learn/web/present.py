"""What is to be done now in an exercise: a form for each stage."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from loopscope.learn.flow.comments import claims_of
from loopscope.learn.flow.runs import run_given
from loopscope.learn.flow.stages import Stage
from loopscope.learn.flow.steps import questions, questions_about_own, remarks_left
from loopscope.learn.questions.question import Question
from loopscope.learn.review.mark import MOST_ROWS
from loopscope.learn.review.rows import Row, evidence_rows
from loopscope.learn.web.fields import Form, choices, line_field, question_field
from loopscope.learn.web.lesson_list import link
from loopscope.learn.web.marks import grade_told, refuted
from loopscope.learn.web.markup import Html, Inside, joined, tag
from loopscope.learn.web.prose import prose
from loopscope.learn.web.sitting import Sitting
from loopscope.learn.workspace import Stamp

SHOWN_AT: Final = {"answer": "predicted", "own": "own"}
"""The part of the page that shows what came of a deed, where it is not the present stage."""


def present(sitting: Sitting) -> Html:
    """Return what is to be done now."""
    return _STAGES[sitting.stage](sitting)


def stamp_text(found: Stamp) -> str:
    """Return a stamp as the script compares it; "" while the file is away."""
    return "" if found is None else "-".join(map(str, found))


def question_fields(asked: Sequence[Question], form: Form, problems: Mapping[str, str]) -> Html:
    """Return questions as fields of a form."""
    return joined(
        question_field(one, f"{number}/{len(asked)}", form, problems.get(one.id, ""))
        for number, one in enumerate(asked, 1)
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
            question_fields(asked, sitting.form, sitting.problems),
        ),
    )


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
            data_stamp=stamp_text(sitting.graded or sitting.stamp()),
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
            question_fields(asked, sitting.form, sitting.problems),
        ),
    )


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
        data_goal=SHOWN_AT.get(do, "now"),
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
