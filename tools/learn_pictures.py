"""Makes the pictures of ``loopscope learn --web`` for the docs: a learner's first exercises.

python tools/learn_pictures.py
"""

import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LESSON = "await_is_a_pause"


def main() -> None:
    """Take the pictures."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        sys.exit("The pictures are taken in Chromium, and there is none on this machine.")
    with (
        tempfile.TemporaryDirectory() as directory,
        served(Path(directory)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1360, "height": 860})
        page.goto(address)
        predict(page)
        take(page, "learn")
        page.goto(f"{address.partition('?')[0]}exercise/{LESSON}/review")
        review(page)
        take(page, "learn-review")
        browser.close()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Let the block use the pages of a new learner."""
    command = [sys.executable, "-u", "-m", "loopscope", "learn", "--web"]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    yield server.stdout.readline().removeprefix("Open ").strip()
    server.send_signal(signal.SIGINT)
    server.communicate()


def predict(page: Page) -> None:
    """Predict as somebody does who takes await for a fork."""
    page.get_by_role("link", name="Three exchanges").click()
    page.get_by_label("seconds").fill("2")
    page.get_by_label("all letters").fill("abcdef")
    page.get_by_label("2 lines").fill("3 prices\n2.0 seconds")
    page.get_by_label("a number").fill("3")
    page.get_by_label("the line").select_option("17")
    page.get_by_label("nothing is ready").check()
    page.get_by_role("button", name="Commit").click()


def review(page: Page) -> None:
    """Answer the questions, and comment with rows that show nothing."""
    for number, letter in enumerate("cdba", 1):
        page.locator("select").nth(number - 1).select_option(f"{number}{letter}")
    page.locator("input[type=radio]").first.check()
    page.get_by_role("button", name="Commit").click()
    page.get_by_label("the line").select_option("20")
    page.get_by_label("All of this runs in one thread").check()
    page.get_by_label("nothing is ready").first.check()
    page.get_by_role("button", name="Comment").click()
    page.locator("#now .wrong").wait_for()


def take(page: Page, name: str) -> None:
    """Take a picture when the run beside the text is drawn."""
    page.frame_locator("iframe").locator(".steps-bar").wait_for()
    page.evaluate("() => document.activeElement.blur()")
    page.screenshot(path=PLACE / f"{name}.png")


if __name__ == "__main__":
    main()
