"""The HTML report: its size, how soon its timeline is on the screen, how long its frames take.

python bench/html_report.py [TRACE]        (a trace of 1,000,000 segments, else one is recorded)

In a Chromium without a window that draws in software. "On the screen" is the frame after the
timeline was drawn; a frame's time is that from one to the next, without a limit on their rate.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from _browser import first_paint_s, frames, open_page, open_report

from loopscope.analysis.findings import findings_of
from loopscope.analysis.summary import Summary, summarise
from loopscope.trace.reader import read_trace
from loopscope.views.html.page import make_page

ROOT = Path(__file__).parents[1]
PROGRAM = Path(__file__).with_name("_many_tasks.py")
TASKS, ROUNDS, SEGMENTS = 2000, 210, 1_000_000
LARGE_BYTES, LARGE_S = 5_000_000, 1.5
SMALL_BYTES, SMALL_S = 150_000, 0.5
MEDIAN_MS, P95_MS = 25, 60
VIEWS = {
    "everything, tasks in groups": "",
    "everything, groups opened": "timeline.toggleGroup();",
    "a tenth of the time": "scene.show(scene.from + range * 0.45, scene.from + range * 0.55);",
    "a hundredth": "scene.show(scene.from + range * 0.45, scene.from + range * 0.55);",
}
SETUP = """() => {
    const timeline = document.getElementById("timeline").timeline;
    const { scene } = timeline;
    const range = scene.to - scene.from;
    %s
    timeline.draw();
}"""


def main(given: str | None) -> int:
    """Measure all bars; exit code 1 if one is missed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        held = measure_small(folder)
        trace = Path(given) if given else folder / "large.loopscope"
        if not given:
            command = [sys.executable, str(PROGRAM), str(TASKS), str(ROUNDS), str(trace)]
            subprocess.run(command, check=True)
        held &= measure_large(trace, folder)
    print("holds" if held else "MISSED")
    return 0 if held else 1


def measure_small(folder: Path) -> bool:
    """Measure the report of the first example."""
    trace = folder / "sequential.loopscope"
    command = [sys.executable, "-m", "loopscope", "simulate", "-q", "--out", str(trace)]
    example = str(ROOT / "examples" / "sequential.py")
    subprocess.run([*command, example], check=True, capture_output=True)
    report = folder / "small.html"
    summary = summarise(read_trace(trace))
    report.write_text(make_page(summary, findings_of(summary)), "utf-8")
    held = tell("sequential.py: bytes", report.stat().st_size, SMALL_BYTES)
    return held & tell("sequential.py: on the screen, s", first_paint_s(report, 5), SMALL_S)


def measure_large(trace: Path, folder: Path) -> bool:
    """Measure a report of a million segments."""
    summary = summarise(read_trace(trace))
    count = segments(summary)
    print(f"{count:,} segments of {len(summary.rows):,} tasks, {len(summary.trace.steps):,} steps")
    begin = time.perf_counter()
    report = folder / "large.html"
    report.write_text(make_page(summary, findings_of(summary)), "utf-8")
    print(f"written in {time.perf_counter() - begin:.1f} s")
    held = tell("bytes for a million", report.stat().st_size * SEGMENTS / count, LARGE_BYTES)
    held &= tell("on the screen, s", first_paint_s(report, 5), LARGE_S)
    with open_page(limit_frames=False) as page:
        open_report(page, report)
        for name, setup in VIEWS.items():
            page.evaluate(SETUP % setup)
            for move in ("pan", "zoom", "scroll"):
                took = frames(page, move)
                held &= tell(f"{name}: {move}, median ms", took.median, MEDIAN_MS)
                held &= tell(f"{name}: {move}, p95 ms", took.p95, P95_MS)
    return held


def segments(summary: Summary) -> int:
    """Count the segments in the rows of tasks: suspended, ready and running, of any length."""
    timeline, steps = summary.timeline, summary.trace.steps
    own = steps.task > 0
    ready = own & (steps.begin > timeline.due)
    suspended = own & (timeline.wait_begin >= 0) & (timeline.due > timeline.wait_begin)
    return int(np.count_nonzero(own) + np.count_nonzero(ready) + np.count_nonzero(suspended))


def tell(what: str, value: float, bar: float) -> bool:
    """Print a figure beside its bar."""
    print(
        f"  {what:45} {value:12,.2f}  bar {bar:,}{'' if value <= bar else '  MISSED'}", flush=True
    )
    return value <= bar


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
