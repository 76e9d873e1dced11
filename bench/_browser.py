"""A Chromium without a window, and what a report does in it."""

import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

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
NO_FRAME_LIMIT = ["--disable-frame-rate-limit", "--disable-gpu-vsync"]
WIDTH, HEIGHT = 1360, 820

MARKS = "() => performance.getEntriesByType('mark').map((one) => [one.name, one.startTime])"
FRAMES = """async ([move, count]) => {
    const timeline = document.getElementById("timeline").timeline;
    const { scene } = timeline;
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const times = [];
    await frame();
    let last = performance.now();
    for (let i = -20; i < count; i++) {  // the first ones compile the scripts
        const forth = (i + 20) % 20 < 10;
        if (move === "pan") scene.pan(forth ? 30 : -30);
        else if (move === "scroll") scene.setScroll(scene.scroll + (forth ? 60 : -60));
        else scene.zoom(forth ? 0.9 : 1 / 0.9, scene.nameWidth + scene.plotWidth / 2);
        timeline.draw();
        await frame();
        const now = performance.now();
        if (i >= 0) times.push(now - last);
        last = now;
    }
    return times;
}"""


@dataclass(frozen=True)
class Frames:
    """Times of frames in ms, from one to the next."""

    median: float
    p95: float


@contextmanager
def open_page(*, limit_frames: bool = True) -> Iterator[Page]:
    """Open an empty page in a browser of its own."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise SystemExit("There is no Chromium on this machine: install the package chromium.")
    arguments = ARGUMENTS if limit_frames else ARGUMENTS + NO_FRAME_LIMIT
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        browser.close()


def open_report(page: Page, report: Path) -> None:
    """Open a report and wait until all of its views are there."""
    page.goto(report.as_uri())
    page.wait_for_selector("html[data-state]", state="attached", timeout=60_000)


def first_paint_s(report: Path, times: int) -> float:
    """Return the median of the times from opening a report to its timeline on the screen."""
    found: list[float] = []
    for _ in range(times):
        with open_page() as page:
            open_report(page, report)
            marks = dict(page.evaluate(MARKS))
            found.append(float(marks["loopscope-painted"]) / 1000)
    return float(statistics.median(found))


def frames(page: Page, move: str, count: int = 100) -> Frames:
    """Pan, scroll or zoom the timeline of an open report, frame by frame."""
    times = sorted(page.evaluate(FRAMES, [move, count]))
    return Frames(statistics.median(times), times[int(0.95 * len(times))])
