"""A trace is somebody else's: nothing in it runs, becomes markup, or asks anybody for anything."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect
from tests.trace_builder import LOCK, MS, SLEEP, TIMER_OF_SLEEP, TraceBuilder
from tests.web.conftest import Open, Report

from loopscope.model.kinds import StepEnd, WakeKind
from loopscope.model.records import Failure, Job
from loopscope.trace.columns import Trace

pytestmark = pytest.mark.slow

RUN = "window.hacked=1"
NASTY = (
    f"</script><script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f'"><svg/onload={RUN}>',
    f"' autofocus onfocus={RUN} x='",
    f"javascript:{RUN}//",
    f"</style><link rel=stylesheet href=http://127.0.0.1:9/x><style>@import '{RUN}'",
    f"--><!--<script>{RUN}</script>",
    "{{constructor.constructor('" + RUN + "')()}}${" + RUN + "}@@nonce@@",
    "\u202egnp.exe\u2066 \u05e9\u05dc\u05d5\u05dd \u200f<b>",
    "\ufffd\x00\x1b[31m\ufeff\u2028\u2029",
    "x" * 1_000_000,
)
VIEWS = ("Steps", "Source", "Findings", "Summary")


def hostile(text: str) -> Trace:
    """Make a trace of three tasks in which every name, file, source and message is this text."""
    source = "\n".join(["async def main():", f"    await {text}", f"# {text}", f"'''{text}"])
    script = TraceBuilder(source)
    script.objects[99] = (text, 1)
    first = script.task(1, text, coroutine="main:1", creator="main:2")
    second = script.task(2, f"{text}{text}", coroutine="main:1", creator="main:2", parent=1)
    third = script.task(3, f" {text}", coroutine="main:1", creator="main:2", parent=1)
    script.run(0)
    script.turn(0, 0)
    begun = script.step(first, (0, 0, MS), ("main:2", SLEEP), wake=WakeKind.OUTSIDE)
    script.turn(MS, MS)
    script.step(second, (MS, MS, 2 * MS), ("main:2", LOCK), by=begun, thing=99)
    held = script.step(third, (MS, 2 * MS, 40 * MS), how=StepEnd.RAISED, by=begun)
    script.sample(20 * MS, held, "main:2")
    script.callback("main:3", (40 * MS, 40 * MS, 41 * MS), by=held)
    script.turn(41 * MS, 60 * MS)
    timer = script.callback(TIMER_OF_SLEEP, (60 * MS, 60 * MS, 60 * MS), wake=WakeKind.TIMER)
    script.turn(60 * MS, 60 * MS)
    script.step(first, (60 * MS, 60 * MS, 61 * MS), by=timer)
    script.stop(61 * MS)
    trace = script.build()
    return with_text_everywhere(trace, text)


def with_text_everywhere(trace: Trace, text: str) -> Trace:
    """Put a text where a trace builder puts none: paths, functions, threads, messages."""
    words = trace.words
    words.locations[:] = [
        replace(place, file=f"/{text}/{text}.py", function=text) if place.is_user else place
        for place in words.locations
    ]
    words.sources[f"/{text}/{text}.py"] = words.sources.pop("/app/app.py")
    where = next(place for place in words.locations if place.is_user)
    trace.failures.append(Failure(3, 40 * MS, text, text, where, retrieved=False))
    trace.jobs[1] = Job(1, 0, MS, where, text)
    loops = {
        number: replace(loop, thread=text, class_name=text) for number, loop in trace.loops.items()
    }
    info = replace(trace.info, program=text, damage=text, argv=(text,), directory=text, python=text)
    return replace(trace, info=info, loops=loops, notes=[text])


def use_everything(report: Report) -> None:
    """Step through, look at every view, unfold and point at all there is."""
    page = report.page
    for view in VIEWS:
        report.show(view)
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    report.show("Steps")
    page.get_by_role("button", name="You are the event loop").click()
    page.locator(".choice").first.click()
    for _ in range(7):
        page.keyboard.press(".")
    box = page.locator("#timeline").bounding_box()
    assert box is not None
    for x in (60, 300, 700):
        for y in (90, 130, 170, 200):
            page.mouse.move(x, box["y"] + y)
        page.mouse.click(x, box["y"] + 150)


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_nothing_in_a_trace_runs_or_asks(open_report: Open, text: str) -> None:
    """Whatever names and sources hold, they are shown as text, by scripts of ours alone."""
    report = open_report(hostile(text))
    page = report.page
    use_everything(report)
    assert page.evaluate("window.hacked") is None
    assert report.problems == []
    assert [url for url in report.requests if not url.startswith("data:")] == report.requests[:1]
    strange = "img, iframe, object, embed, form, base, a[href], link:not([rel=icon]), b:not(.ours)"
    inside = page.locator(f"body :is({strange})").evaluate_all(
        "all => all.map(one => one.outerHTML)"
    )
    assert [html for html in inside if not html.startswith("<b>Instead")] == []
    assert page.locator("[onload], [onerror], [onfocus], [autofocus]").count() == 0


@pytest.mark.parametrize("text", NASTY[:3], ids=range(3))
def test_names_are_shown_as_they_are(open_report: Open, text: str) -> None:
    """Markup in a name is text on the page, so that nobody takes it for something else."""
    report = open_report(hostile(text))
    expect(report.page.locator(".story").first).to_contain_text(text)
    expect(report.page.locator("h1")).to_contain_text(text.rpartition("/")[2])


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_nothing_becomes_markup_where_scripts_are_off(open_report: Open, text: str) -> None:
    """Without scripts the words of the report are text all the same."""
    report = open_report(hostile(text), scripts=False)
    page = report.page
    assert (
        page.locator("body").locator("img, svg, iframe, link, script:not([nonce], [id])").count()
        == 0
    )
    assert [url for url in report.requests if not url.startswith("data:")] == report.requests[:1]
