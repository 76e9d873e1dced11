"""Runs the command ``spotprice`` as a user would."""

import os
import subprocess
import sys

QUICK = ("--simulated", "--latency", "1ms", "--failures", "0%")
"""Simulated exchanges that answer at once, all of them."""


def spotprice(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, with changes to the environment."""
    return run("-m", "spotprice", *arguments, **environment)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own."""
    kept = {name: text for name, text in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
    return subprocess.run(
        [sys.executable, *arguments],
        env={**kept, "PYTHONWARNINGS": "error", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
