"""Fixtures: a browser, and reports that are opened in it from a file, as people do."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.support import reported

from loopscope.trace.columns import Trace
from loopscope.views.html.page import make_page

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Scheme = Literal["light", "dark"]


@dataclass
class Report:
    """An open page, and everything that went on in it beside what it shows."""

    page: Page
    requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def show(self, view: str) -> None:
        """Show one of the views of the lower panel, which is made when it is first seen."""
        self.page.get_by_role("tab", name=view).click()
        expect(self.page.locator(f"#{view.lower()} > .empty", has_text="…")).to_have_count(0)

    @property
    def clock(self) -> str:
        """Where the step-through stands."""
        return self.page.locator(".clock").inner_text()


class Open(Protocol):
    """Opens the report of a trace."""

    def __call__(self, trace: Trace, scheme: Scheme = "light", *, scripts: bool = True) -> Report:
        """Return the open report."""


# Not for the whole session: while Playwright runs, this thread counts as running a loop, and
# tests in other files run loops of their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium of this machine, without a window."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("There is no Chromium on this machine.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_report(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens reports, each in a browser profile of its own."""
    contexts = []

    def open_trace(trace: Trace, scheme: Scheme = "light", *, scripts: bool = True) -> Report:
        file = tmp_path / "report.html"
        file.write_text(make_page(*reported(trace)), "utf-8")
        context = browser.new_context(
            color_scheme=scheme,
            java_script_enabled=scripts,
            viewport={"width": 1280, "height": 900},
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        report = Report(page)
        page.on("request", lambda request: report.requests.append(request.url))
        page.on("pageerror", lambda error: report.problems.append(f"error: {error}"))
        page.on("console", lambda said: report.problems.append(f"console: {said.text}"))
        page.on("dialog", lambda dialog: report.problems.append(f"dialog: {dialog.message}"))
        page.goto(file.as_uri())
        if scripts:
            page.wait_for_selector("html[data-state]")
            page.locator(".steps-bar, #steps .empty").filter(has_not_text="…").first.wait_for()
        return report

    yield open_trace
    for context in contexts:
        context.close()
