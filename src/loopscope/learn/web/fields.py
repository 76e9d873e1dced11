"""The form fields of questions: one for each shape of answers, all usable by keyboard."""

from collections.abc import Mapping, Sequence
from string import ascii_lowercase

from loopscope.learn.questions.question import Question
from loopscope.learn.questions.shapes import Choice, Lines, Pairs, Several, Shape, SourceLine
from loopscope.learn.web.markup import Html, Inside, joined, tag
from loopscope.learn.web.prose import inline

Form = Mapping[str, Sequence[str]]
"""What a browser sends: the values of each field."""


def typed(form: Form, name: str) -> str:
    """Return what was put into a field, as somebody would type it in a terminal."""
    return " ".join(value for value in form.get(name, ()) if value)


def question_field(question: Question, number: str, form: Form, problem: str) -> Html:
    """Return a question with what it is answered in.

    Args:
        question: The question.
        number: Which one it is of how many, as text.
        form: What was typed before.
        problem: Why that is no answer; "" if it is one.
    """
    name = f"q-{question.id}"
    told = tag("p", problem, class_="problem", id=f"{name}-problem") if problem else ""
    legend = tag("legend", tag("span", number, class_="number"), " ", inline(question.ask))
    return tag("fieldset", legend, told, _field(question.shape, name, form), id=f"field-{name}")


def _field(shape: Shape, name: str, form: Form) -> Html:
    match shape:
        case Choice(options):
            return choices("radio", name, options, form)
        case Several(options):
            none = _choice("checkbox", name, "-", "none of them", form)
            return joined([choices("checkbox", name, options, form), none])
        case SourceLine(source):
            return line_field(name, source, form)
        case Lines(count):
            return _text_area(name, shape.how, count, form)
        case Pairs(things, options):
            return _pairs(name, things, options, form)
    lettered = tag("ol", *(tag("li", one) for one in shape.options), type="a")
    return joined([lettered if shape.options else "", text_field(name, shape.how, form)])


def choices(kind: str, name: str, options: Sequence[str], form: Form) -> Html:
    """Return lettered options, of which one (``radio``) or several (``checkbox``) are chosen."""
    rows = zip(ascii_lowercase, options, strict=False)
    return joined(_choice(kind, name, letter, text, form) for letter, text in rows)


def line_field(name: str, source: Sequence[str], form: Form) -> Html:
    """Return a list of the lines of a program, to choose one."""
    options = [
        (str(number), f"{number}: {line.strip()}")
        for number, line in enumerate(source, 1)
        if line.strip()
    ]
    return _labelled("the line", name, _select(name, options, typed(form, name)))


def text_field(name: str, label: str, form: Form) -> Html:
    """Return a field for a short text."""
    field = tag(
        "input", type="text", name=name, id=name, value=typed(form, name), autocomplete="off"
    )
    return _labelled(label, name, field)


def _text_area(name: str, label: str, rows: int, form: Form) -> Html:
    text = "\n" + "\n".join(form.get(name, ()))  # HTML drops the first line break
    area = tag("textarea", text, name=name, id=name, rows=str(rows), spellcheck="false")
    return _labelled(label if rows == 1 else f"{rows} lines", name, area)


def _pairs(name: str, things: Sequence[str], options: Sequence[str], form: Form) -> Html:
    rows: list[Inside] = []
    given = set(form.get(name, ()))
    for number, thing in enumerate(things, 1):
        letters = [(f"{number}{ascii_lowercase[n]}", text) for n, text in enumerate(options)]
        chosen = next((value for value, _ in letters if value in given), "")
        field = f"{name}-{number}"
        rows.append(_labelled(thing, field, _select(name, letters, chosen, field)))
    return joined(rows)


def _choice(kind: str, name: str, value: str, text: str, form: Form) -> Html:
    is_chosen = value in form.get(name, ())
    box = tag("input", type=kind, name=name, value=value, checked=is_chosen)
    letter = "" if value == "-" else tag("span", f"{value} ", class_="number")
    return tag("label", box, " ", letter, inline(text), class_="choice")


def _select(name: str, options: Sequence[tuple[str, str]], chosen: str, id_: str = "") -> Html:
    rows = [
        tag("option", text, value=value, selected=value == chosen)
        for value, text in [("", "choose"), *options]
    ]
    return tag("select", *rows, name=name, id=id_ or name)


def _labelled(label: str, field: str, inside: Html) -> Html:
    return tag("p", tag("label", label, for_=field, class_="how"), " ", inside, class_="field")
