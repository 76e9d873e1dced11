"""axe-core finds nothing serious in any view, in light and dark."""

from importlib.resources import files

import pytest
from playwright.sync_api import Page
from tests.trace_examples import blocked, convoy
from tests.web.conftest import Open, Scheme

pytestmark = pytest.mark.slow

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
SERIOUS = {"serious", "critical"}
VIEWS = ("Steps", "Source", "Findings", "Summary")


def serious_problems(page: Page) -> list[str]:
    """Return what axe-core calls serious, with the elements."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [
        f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:4]]}"
        for one in found
        if one["impact"] in SERIOUS
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_no_view_has_a_serious_problem(open_report: Open, view: str, scheme: Scheme) -> None:
    """Each view, with everything unfolded."""
    report = open_report(blocked(), scheme)
    report.show(view)
    for fold in report.page.locator("details:visible").all():
        fold.locator("summary").click()
    assert serious_problems(report.page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_game_and_the_what_if_have_no_serious_problem(
    open_report: Open, scheme: Scheme
) -> None:
    """Also while the viewer plays the loop, after a wrong answer, and with a prediction drawn."""
    report = open_report(convoy(), scheme)
    page = report.page
    page.get_by_role("button", name="You are the event loop").click()
    page.locator(".choice").last.click()
    assert serious_problems(page) == []
    report.show("Findings")
    page.get_by_role("button", name="What if").first.click()
    assert serious_problems(page) == []
