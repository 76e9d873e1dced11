"""Makes the pictures of the terminal for README and docs: real recordings, drawn as SVG.

python tools/pictures.py
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from loopscope.analysis.summary import summarise
from loopscope.trace.reader import read_trace
from loopscope.views.terminal.glyphs import UNICODE
from loopscope.views.terminal.summary_text import summary_lines
from loopscope.views.terminal.timeline_text import timeline_lines

ROOT = Path(__file__).parents[1]
PICTURES = {
    "sequential": ROOT / "examples" / "sequential.py",
    "blocking": ROOT / "examples" / "blocking_client.py",
}
WIDTH = 80


def main() -> None:
    """Record each program and draw what ``loopscope show`` prints of it."""
    with tempfile.TemporaryDirectory() as directory:
        for name, program in PICTURES.items():
            trace = Path(directory) / f"{name}.loopscope"
            command = [sys.executable, "-m", "loopscope", "run", "-q", "--out", str(trace)]
            subprocess.run([*command, str(program)], check=True, capture_output=True)
            draw(trace, ROOT / "docs" / "pictures" / f"{name}.svg", program.name)


def draw(trace: Path, target: Path, title: str) -> None:
    """Draw one recording."""
    summary = summarise(read_trace(trace))
    with Path("/dev/null").open("w") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        for line in summary_lines(summary, UNICODE, WIDTH):
            console.print(line, no_wrap=True)
        timeline = timeline_lines(summary.timeline, summary.lives, WIDTH, UNICODE)
        for line in timeline:
            console.print(line, no_wrap=True)
        picture = console.export_svg(title=f"loopscope show {title}")
        # A picture asks nobody for a font: what the reader has will do.
        target.write_text(re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL))


if __name__ == "__main__":
    main()
