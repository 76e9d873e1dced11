"""The time that ``loopscope run`` adds to ``python app.py`` for a program that does nothing.

python bench/startup.py [PAIRS]

Wall time of both commands in turn, medians; exit code 1 if the difference misses the bar. Run it
with bytecode caching on (PYTHONDONTWRITEBYTECODE unset), as users have it.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BAR_S = 0.25
PROGRAM = "import asyncio\nasync def main(): pass\nasyncio.run(main())\n"


def seconds(command: list[str], directory: Path) -> float:
    """Run a command and return how long it took."""
    environment = {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}
    before = time.perf_counter()
    subprocess.run(command, cwd=directory, env=environment, check=True, capture_output=True)
    return time.perf_counter() - before


_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


def main(pairs: int) -> int:
    """Measure and compare."""
    loopscope = str(Path(sys.executable).with_name("loopscope"))
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "empty.py").write_text(PROGRAM)
        plain, recorded = [], []
        for _ in range(pairs + 1):
            plain.append(seconds([sys.executable, "empty.py"], directory))
            recorded.append(seconds([loopscope, "run", "empty.py"], directory))
    without, with_it = statistics.median(plain[1:]), statistics.median(recorded[1:])
    added = statistics.median(b - a for a, b in zip(plain[1:], recorded[1:], strict=True))
    holds = added <= BAR_S
    print(
        f"python {without:.3f} s, loopscope run {with_it:.3f} s: added {added:.3f} s, "
        f"bar {BAR_S} s  {'holds' if holds else 'MISSED'}"
    )
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 9))
