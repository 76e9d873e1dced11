"""Makes the pictures of the terminal for README and docs: real recordings, drawn as SVG.

python tools/pictures.py
"""

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from loopscope.analysis.findings import findings_of
from loopscope.analysis.summary import summarise
from loopscope.trace.reader import read_trace
from loopscope.views.terminal.findings_text import finding_lines
from loopscope.views.terminal.glyphs import UNICODE
from loopscope.views.terminal.summary_text import summary_lines
from loopscope.views.terminal.timeline_text import timeline_lines

ROOT = Path(__file__).parents[1]
PICTURES = {
    "sequential": ROOT / "examples" / "sequential.py",
    "blocking": ROOT / "examples" / "blocking_client.py",
}
PLACE = ROOT / "docs" / "pictures"
WIDTH = 80


def main() -> None:
    """Record each program and draw what ``loopscope show`` prints of it."""
    with tempfile.TemporaryDirectory() as directory:
        for name, program in PICTURES.items():
            trace = Path(directory) / f"{name}.loopscope"
            command = [sys.executable, "-m", "loopscope", "run", "-q", "--out", str(trace)]
            subprocess.run([*command, str(program)], check=True, capture_output=True)
            draw(trace, PLACE / f"{name}.svg", program.name)
    draw_prices(PLACE / "spotprice.svg")


def draw_prices(target: Path) -> None:
    """Draw what ``spotprice`` prints of simulated exchanges."""
    command = [sys.executable, "-m", "spotprice", "--simulated", "BTC-USD"]
    colours = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH)}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=colours)
    console = make_console()
    console.print(Text.from_ansi(done.stdout.rstrip()))
    save(console, target, "spotprice --simulated BTC-USD")


def make_console() -> Console:
    """Make a console that remembers what it shows and shows it nowhere."""
    return Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)


def save(console: Console, target: Path, title: str) -> None:
    """Write what a console showed as a picture."""
    picture = console.export_svg(title=title)
    # A picture asks nobody for a font: what the reader has will do.
    target.write_text(re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL))


def draw(trace: Path, target: Path, title: str) -> None:
    """Draw one recording."""
    summary = summarise(read_trace(trace))
    console = make_console()
    lines = summary_lines(summary, UNICODE, WIDTH)
    timeline = timeline_lines(summary.timeline, summary.lives, WIDTH, UNICODE)
    findings = finding_lines(findings_of(summary), UNICODE, WIDTH)
    for line in (*lines, Text(), *timeline, *findings):
        console.print(line, no_wrap=True)
    save(console, target, f"loopscope show {title}")


if __name__ == "__main__":
    main()
