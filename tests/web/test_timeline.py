"""The timeline, used by mouse, by touch and by keyboard; what is drawn is read off the canvas."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.trace_examples import blocked, crowd
from tests.web.conftest import Open

pytestmark = pytest.mark.slow

SCENE = "document.getElementById('timeline').timeline.scene"
SELECTED = "document.getElementById('timeline').timeline.shared.state"
COLOUR = """([x, y]) => {
    const { context, canvas, scene } = document.getElementById("timeline").timeline;
    const ratio = canvas.width / scene.width;
    return [...context.getImageData(x * ratio, y * ratio, 1, 1).data].slice(0, 3);
}"""
STALLED = [161, 54, 6]


def scene(page: Page, what: str) -> Any:
    """Return something of what the timeline shows."""
    return page.evaluate(f"() => {SCENE}.{what}")


def next_frame(page: Page) -> None:
    """Wait until what was changed is drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def place(page: Page, task: str, position: float) -> dict[str, float]:
    """Return where a position of the axis is in a task's row, in pixels of the timeline's box."""
    found: dict[str, float] = page.evaluate(
        """([name, position]) => {
            const { scene, recording } = document.getElementById("timeline").timeline;
            const row = scene.rowOfTask[recording.tasks.name.indexOf(name)];
            return { x: scene.x(position), y: scene.y(row) + 3 + scene.barHeight / 2 };
        }""",
        [task, position],
    )
    return found


def test_keys_zoom_and_move(open_report: Open) -> None:
    """W and S zoom, A and D move, 0 shows everything, T changes the axis."""
    page = open_report(blocked()).page
    box = page.locator(".canvas-box")
    box.focus()
    whole = scene(page, "to") - scene(page, "from")
    for _ in range(4):
        page.keyboard.press("w")
    near = scene(page, "to") - scene(page, "from")
    assert near < whole * 0.8
    before = scene(page, "from")
    page.keyboard.press("d")
    assert scene(page, "from") > before
    page.keyboard.press("a")
    page.keyboard.press("a")
    assert scene(page, "from") < before
    page.keyboard.press("0")
    assert scene(page, "to") - scene(page, "from") == pytest.approx(whole)
    assert scene(page, "drawn.axis.name") == "turns"
    page.keyboard.press("t")
    assert scene(page, "drawn.axis.name") == "time"
    expect(page.get_by_role("button", name="time", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


def test_arrows_choose_a_task_and_its_steps(open_report: Open) -> None:
    """Down chooses a task, right its next step; what is chosen is read out."""
    page = open_report(blocked()).page
    page.locator(".canvas-box").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(f"() => {SELECTED}.task") == 0
    page.keyboard.press("ArrowRight")
    step = page.evaluate(f"() => {SELECTED}.step")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(f"() => {SELECTED}.step") > step
    expect(page.locator(".said")).to_contain_text("main")
    page.keyboard.press("Escape")
    assert page.evaluate(f"() => [{SELECTED}.task, {SELECTED}.step]") == [-1, -1]


def test_a_stall_is_seen_in_its_row_and_tells_how_long_it_was(open_report: Open) -> None:
    """Where a step held the loop the row is red, the tooltip says so, a click selects the step."""
    page = open_report(blocked()).page
    page.get_by_role("button", name="time", exact=True).click()
    step = scene(page, "stalls[0]")
    begin, end, row = page.evaluate(
        """(step) => {
            const { steps, tasks } = document.getElementById("timeline").timeline.recording;
            return [steps.begin[step], steps.end[step], tasks.name[steps.row[step]]];
        }""",
        step,
    )
    at = place(page, row, begin + (end - begin) * 0.98)
    next_frame(page)
    seen = page.evaluate(COLOUR, [at["x"], at["y"] - 5])
    assert all(abs(one - other) < 60 for one, other in zip(seen, STALLED, strict=True))
    box = page.locator(".canvas-box")
    box.hover(position={"x": at["x"], "y": at["y"]})
    expect(page.locator(".tip")).to_contain_text("held the loop for")
    box.click(position={"x": at["x"], "y": at["y"]})
    assert page.evaluate(f"() => {SELECTED}.step") == step


def test_the_wheel_zooms_where_the_mouse_is(open_report: Open) -> None:
    """With Ctrl the wheel zooms, and what is under the mouse stays there."""
    page = open_report(blocked()).page
    page.get_by_role("button", name="time", exact=True).click()
    box = page.locator(".canvas-box").bounding_box()
    assert box is not None
    x = 700
    before = page.evaluate(f"(x) => {SCENE}.position(x)", x)
    whole = scene(page, "to") - scene(page, "from")
    page.mouse.move(box["x"] + x, box["y"] + 60)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    next_frame(page)
    assert scene(page, "to") - scene(page, "from") < whole
    after = page.evaluate(f"(x) => {SCENE}.position(x)", x)
    assert after == pytest.approx(before, abs=whole / 500)


def test_a_search_leaves_the_rows_that_have_it(open_report: Open) -> None:
    """Rows are those whose name, or whose waits, hold the text; the count is said."""
    page = open_report(blocked()).page
    search = page.get_by_role("searchbox")
    search.fill("TICK")
    assert scene(page, "rows.length") == 1
    expect(page.locator(".found")).to_have_text("1 task")
    search.fill("")
    assert scene(page, "rows.length") > 1
    page.get_by_role("combobox", name="State").select_option("stalled")
    expect(page.locator(".found")).to_have_text("1 task")


def test_many_tasks_share_a_row_until_it_is_opened(open_report: Open) -> None:
    """Fifty tasks of one coroutine are one row; G opens all, a click closes one."""
    page = open_report(crowd(50)).page
    assert scene(page, "rows.length") == 1
    page.locator(".canvas-box").focus()
    page.keyboard.press("g")
    assert scene(page, "rows.length") == 51
    y = scene(page, "y(0)") + 8
    page.locator(".canvas-box").click(position={"x": 40, "y": y})
    assert scene(page, "rows.length") == 1


def test_wakes_are_shown_for_the_selected_task(open_report: Open) -> None:
    """The wakes of a task are those of its own steps and those that it caused."""
    page = open_report(blocked()).page
    page.evaluate(
        "() => document.getElementById('timeline').timeline.shared.set({ task: 0, step: -1 })"
    )
    own = scene(page, "wakes")
    rows = page.evaluate(
        """(own) => {
            const { scene, recording: { steps } } = document.getElementById("timeline").timeline;
            const of = (step) => (step < 0 ? -1 : steps.row[step]);
            return own.map((step) => [steps.row[step], of(scene.causes[step])]);
        }""",
        own,
    )
    assert rows
    assert all(0 in pair for pair in rows)


def test_dark_and_light_can_be_switched(open_report: Open) -> None:
    """The button turns the page, and the canvas is drawn anew in its colours."""
    page = open_report(blocked()).page
    assert page.evaluate(COLOUR, [4, 4]) == [255, 255, 255]
    page.get_by_role("button", name="Light or dark").click()
    next_frame(page)
    assert page.evaluate(COLOUR, [4, 4]) == [13, 17, 23]
