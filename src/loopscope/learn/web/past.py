"""What is over in an exercise: predictions beside the run, right comments, hints."""

from loopscope.learn.beliefs import BELIEFS
from loopscope.learn.flow.runs import run_given
from loopscope.learn.flow.stages import Stage
from loopscope.learn.flow.steps import answered
from loopscope.learn.review.mark import claims_offered
from loopscope.learn.web.marks import marks
from loopscope.learn.web.markup import Html, joined, tag
from loopscope.learn.web.prose import inline, printed
from loopscope.learn.web.sitting import Sitting


def predicted(sitting: Sitting) -> Html | str:
    """Return the predictions beside the run, once they are committed."""
    finished = sitting.desk.record(sitting.exercise).finished
    if Stage.PREDICT not in finished:
        return ""
    output = "\n".join(run_given(sitting.desk, sitting.exercise).printed)
    return tag(
        "details",
        tag("summary", "Your predictions, beside the run"),
        printed(joined([output]), "What the run printed"),
        marks(answered(sitting.desk, sitting.exercise), sitting.lesson.beliefs),
        id="predicted",
        open=finished[-1] == Stage.PREDICT,
    )


def reviewed(sitting: Sitting) -> Html | str:
    """Return the comments that are right."""
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


def about_own(sitting: Sitting) -> Html | str:
    """Return the answers about the learner's own program, when they were just given."""
    if not sitting.about_own:
        return ""
    told = marks(sitting.about_own, BELIEFS)
    return tag("section", tag("h2", "About your own program"), told, id="own")


def hints(sitting: Sitting) -> Html | str:
    """Return the hints that were asked for."""
    given = sitting.exercise.hints[: sitting.desk.record(sitting.exercise).hints]
    if not given:
        return ""
    rows = (tag("li", inline(one)) for one in given)
    return tag("section", tag("h2", "Hints"), tag("ol", *rows), id="hints")
