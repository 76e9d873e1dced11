"""Makes the pictures of the HTML report for README and docs: real runs, opened in a browser.

python tools/page_pictures.py
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTH, HEIGHT = 1280, 860


@dataclass(frozen=True)
class Picture:
    """A picture: of which program, in which colours, after doing what in the page."""

    name: str
    program: str
    act: Callable[[Page], None]
    scheme: Literal["light", "dark"] = "light"


def main() -> None:
    """Run each program once and take its pictures."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        sys.exit("The pictures are taken in Chromium, and there is none on this machine.")
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for picture in PICTURES:
            page = Path(directory) / f"{Path(picture.program).stem}.html"
            if not page.exists():
                report_of(ROOT / "examples" / picture.program, page)
            take(browser, picture, page)
        browser.close()


def report_of(program: Path, page: Path) -> None:
    """Run a program and write its report."""
    command = [sys.executable, "-m", "loopscope", "run", "-q", "--html", str(page)]
    out = ["--out", str(page.with_suffix(".loopscope"))]
    named = str(program.relative_to(ROOT))  # as the page names it
    subprocess.run([*command, *out, named], check=True, capture_output=True, cwd=ROOT)


def take(browser: Browser, picture: Picture, file: Path) -> None:
    """Open a report and take one picture of it."""
    page = browser.new_page(
        color_scheme=picture.scheme, viewport={"width": WIDTH, "height": HEIGHT}
    )
    page.goto(file.as_uri())
    page.locator(".steps-bar").wait_for()
    picture.act(page)
    page.mouse.move(0, 0)
    page.evaluate("() => document.activeElement.blur()")
    page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
    page.screenshot(path=PLACE / f"{picture.name}.png")
    page.close()


def show(page: Page, view: str) -> None:
    """Show a view of the lower panel."""
    page.get_by_role("tab", name=view).click()
    page.locator(f"#{view.lower()} > :not(.empty)").first.wait_for()


def steps(count: int) -> Callable[[Page], None]:
    """Go some steps forward."""

    def act(page: Page) -> None:
        for _ in range(count):
            page.keyboard.press(".")

    return act


def on_time(count: int) -> Callable[[Page], None]:
    """Go some steps forward on the axis of time."""

    def act(page: Page) -> None:
        page.get_by_role("button", name="time", exact=True).click()
        steps(count)(page)

    return act


def play(page: Page) -> None:
    """Be the event loop: a wrong answer."""
    page.get_by_role("button", name="You are the event loop").click()
    steps(1)(page)
    page.locator(".choice", has_text="ask-4").click()


def look_at_source(page: Page) -> None:
    """See what the line that blocks has cost."""
    page.get_by_role("button", name="time", exact=True).click()
    show(page, "Source")
    page.get_by_role("button", name="Line 63, next visit").click()


def ask_what_if(page: Page) -> None:
    """Draw the run as it would be without the blocking call."""
    show(page, "Findings")
    page.get_by_role("button", name="What if").first.click()


PICTURES = (
    Picture("report", "blocking_client.py", on_time(6)),
    Picture("report-steps", "gathered.py", steps(2)),
    Picture("report-game", "gathered.py", play),
    Picture("report-source", "blocking_client.py", look_at_source),
    Picture("report-whatif", "blocking_client.py", ask_what_if, "dark"),
)


if __name__ == "__main__":
    main()
