"""Copies a lesson out of the way, so that its programs run as anybody's would."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """Let the block use a copy of a lesson's folder.

    What lies in loopscope's own package counts as loopscope's code, which no recording is about.
    """
    with tempfile.TemporaryDirectory(prefix="loopscope-") as directory:
        copy = Path(directory) / folder.name
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("__pycache__"))
        yield copy
