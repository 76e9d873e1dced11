"""The views of the page, used as people use them: by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import expect
from tests.trace_builder import TraceBuilder
from tests.trace_examples import blocked, convoy
from tests.web.conftest import Open, Report

pytestmark = pytest.mark.slow

VIEWS = ("Steps", "Source", "Findings", "Summary")

REACHABLE = """() => [...document.querySelectorAll(
    'a[href], button, input, select, summary, [tabindex="0"]')]
    .filter((one) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0).length"""

CORNER = """() => {
    const canvas = document.querySelector('#timeline .canvas-box canvas');
    const inside = [canvas.width * 0.5, 0, canvas.width * 0.5, canvas.height].map(Math.floor);
    const { data } = canvas.getContext('2d').getImageData(...inside);
    return new Set(new Uint32Array(data.buffer)).size;
}"""

NEXT_FRAMES = """() => new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(done)))"""

FOCUSED = """() => {
    const one = document.activeElement;
    if (one === document.body) return '';
    window.focused ??= new Map();
    if (!window.focused.has(one)) window.focused.set(one, String(window.focused.size + 1));
    return window.focused.get(one);
}"""


def test_stepping_tells_what_the_loop_does(open_report: Open) -> None:
    """One step forward tells the next beat, one back the one before; the end is the end."""
    report = open_report(blocked())
    page = report.page
    story = page.locator(".story")
    expect(story).to_have_attribute("aria-live", "polite")
    expect(story).to_contain_text("main begins main() at app.py:1.")
    expect(story).to_contain_text("It creates ticker and blocker (they join the ready queue).")
    page.keyboard.press(".")
    expect(story).to_contain_text("ticker begins tick() at app.py:6.")
    page.get_by_role("button", name="One step back").click()
    expect(story).to_contain_text("main begins")
    for _ in range(20):
        page.keyboard.press(".")
    expect(story).to_contain_text("main resumes at app.py:2")
    assert report.clock.startswith("step 7 of 7")
    assert report.problems == []


def test_a_stall_is_shown_at_its_line_with_who_was_late(open_report: Open) -> None:
    """While the blocker holds the loop, the ticker's timer is overdue and the line is marked."""
    page = open_report(blocked()).page
    for _ in range(4):
        page.keyboard.press(".")
    expect(page.locator(".story")).to_contain_text("It holds the loop for 100 ms")
    expect(page.locator(".timers")).to_contain_text("overdue: the loop has not looked yet")
    expect(page.locator(".listing .stalled")).to_contain_text("time.sleep(0.1)")


def test_the_viewer_is_the_loop(open_report: Open) -> None:
    """A wrong choice is told why, the right one leads on, and both are counted."""
    report = open_report(blocked())
    page = report.page
    page.get_by_role("button", name="You are the event loop").click()
    verdict = page.locator(".verdict")
    page.locator(".choice", has_text="blocker").click()
    expect(verdict).to_contain_text("blocker is ready, but ticker became ready before it")
    assert report.clock.startswith("step 1 of 7")
    page.locator(".choice", has_text="ticker").click()
    expect(verdict).to_contain_text("Right: it is the first in the ready queue.")
    assert report.clock.startswith("step 2 of 7")
    expect(page.locator(".score")).to_have_text("0 of 1 right at once.")


def test_the_timeline_does_not_give_the_answer_away(open_report: Open) -> None:
    """While the viewer plays, what comes later is not drawn: half of the picture is one colour."""
    page = open_report(blocked()).page
    colours_before = page.evaluate(CORNER)
    page.get_by_role("button", name="You are the event loop").click()
    page.evaluate(NEXT_FRAMES)
    assert page.evaluate(CORNER) == 1 < colours_before


def test_a_line_leads_to_its_visits_and_back(open_report: Open) -> None:
    """A line of source selects the step that went on there; a step selects its line."""
    report = open_report(blocked())
    page = report.page
    report.show("Source")
    page.get_by_role("button", name="Line 7, next visit").click()
    expect(page.locator(".source-table tr.shown th")).to_have_text("7")
    report.show("Steps")
    assert report.clock.startswith("step 6 of 7")
    page.keyboard.press(",")
    report.show("Source")
    expect(page.locator(".source-table tr.shown th")).to_have_text("11")


def test_each_line_says_what_it_cost(open_report: Open) -> None:
    """Time suspended, running, visits and stalls stand in the row of the line."""
    report = open_report(blocked())
    report.show("Source")
    rows = report.page.locator(".source-table tbody tr")
    costs = [rows.nth(at).locator("td").all_inner_texts()[:4] for at in (9, 10)]
    assert costs == [["10 ms", "100 ms", "1", ""], ["", "", "", "1× 100 ms"]]


def test_a_what_if_is_switched_on_and_off(open_report: Open) -> None:
    """The finding tells totals and assumptions; its switch draws the predicted run."""
    report = open_report(convoy())
    page = report.page
    report.show("Findings")
    card = page.locator(".finding").first
    expect(card.locator(".totals")).to_contain_text("44 ms")
    expect(card).to_contain_text("What the prediction assumes")
    switch = card.get_by_role("button", name="What if")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert report.problems == []


def test_what_is_drawn_is_there_as_a_table(open_report: Open) -> None:
    """The summary has tables of the tasks, the load, the lag, and of the timeline itself."""
    report = open_report(blocked())
    page = report.page
    report.show("Summary")
    for fold in page.locator("#summary details").all():
        fold.locator("summary").click()
    captions = [
        "Totals",
        "Critical path",
        "The most within each part of the run",
        "Wakes by how long they had to wait for the loop",
        "Slowest waits",
        "Exceptions that ended tasks",
        "Tasks",
        "Visible range of the timeline",
    ]
    expect(page.locator("#summary caption")).to_have_text(captions)
    timeline = page.locator("#summary table").last
    expect(timeline).to_contain_text("blocker")
    assert re.findall(r"suspended", timeline.inner_text())


@pytest.mark.parametrize("view", VIEWS)
def test_everything_is_reached_by_keyboard(open_report: Open, view: str) -> None:
    """The Tab key comes by everything that can be used, and there is always a focus to see."""
    report = open_report(blocked())
    page = report.page
    report.show(view)
    expected = page.evaluate(REACHABLE)
    page.evaluate("() => document.activeElement.blur()")
    reached = set()
    for _ in range(expected + 5):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(FOCUSED))
    assert len(reached - {""}) >= expected


def test_tabs_are_walked_with_arrows(open_report: Open) -> None:
    """The arrow keys go from view to view, round the end."""
    report = open_report(blocked())
    page = report.page
    page.get_by_role("tab", name="Steps").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#summary")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#steps")).to_be_visible()
    expect(page.locator("#summary")).to_be_hidden()


def test_what_is_printed_holds_every_view(open_report: Open) -> None:
    """On paper nothing is folded away behind a tab or a scroll bar."""
    report = open_report(blocked())
    page = report.page
    page.emulate_media(media="print")
    for view in VIEWS:
        expect(page.locator(f"#{view.lower()}")).to_be_visible()
    expect(page.get_by_role("tablist")).to_be_hidden()
    assert len(page.pdf()) > 10_000


def test_a_recording_in_which_nothing_ran_is_shown(open_report: Open) -> None:
    """A trace without a step opens, and says that there is none."""
    script = TraceBuilder()
    script.run(0)
    script.stop(0)
    report = open_report(script.build())
    expect(report.page.locator("#steps")).to_contain_text("Nothing ran")
    assert report.problems == []


def test_nothing_is_asked_of_anybody(open_report: Open) -> None:
    """The only request of a page is the page."""
    report = open_report(blocked())
    use_everything(report)
    assert [url for url in report.requests if not url.startswith("data:")] == report.requests[:1]
    assert report.requests[0].endswith("/report.html")


def use_everything(report: Report) -> None:
    """Show every view and step through it."""
    for view in VIEWS:
        report.show(view)
        report.page.keyboard.press(".")
