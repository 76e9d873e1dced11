"""Runs CPython's own ``test.test_asyncio`` with and without the recorder on every new loop.

    python tests/acceptance/asyncio_suite.py [c|python]

Exit code 0 if no test fails with the recorder that passes without it, else 1.
"""

import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
from dataclasses import asdict, dataclass
from pathlib import Path

TIMEOUT_S = 1200


@dataclass(frozen=True)
class Outcome:
    """How many tests ran, which did not pass, and what those said."""

    run: int
    bad: list[str]
    texts: list[str]


def run_suite(trace: Path | None) -> Outcome:
    """Run the whole suite in this process, recorded into ``trace`` unless that is None."""
    recorder = None
    if trace is not None:
        from loopscope.recorder.recorder import Recorder  # noqa: PLC0415  (not without it)

        recorder = Recorder(trace, "test.test_asyncio")
        recorder.start()
    try:
        suite = unittest.defaultTestLoader.loadTestsFromName("test.test_asyncio")
        result = unittest.TextTestRunner(io.StringIO()).run(suite)
    finally:
        if recorder is not None:
            recorder.stop()
    bad = [str(test) for test, _ in (*result.failures, *result.errors)]
    texts = [text for _, text in (*result.failures, *result.errors)]
    return Outcome(result.testsRun, sorted(set(bad)), texts)


def run_child(probe: str, directory: Path) -> Outcome:
    """Run the suite in a process of its own; ``probe`` is "" for a run without recorder."""
    answer = directory / f"answer-{probe}.json"
    trace = str(directory / f"{probe}.loopscope") if probe else ""
    environment = {**os.environ, "LOOPSCOPE_PROBE": probe}
    subprocess.run(
        [sys.executable, "-W", "ignore", __file__, "--child", trace, str(answer)],
        env=environment,
        cwd=directory,
        timeout=TIMEOUT_S,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return Outcome(**json.loads(answer.read_text()))


def main(probes: list[str]) -> int:
    """Compare each probe with a run without recorder."""
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        plain = run_child("", directory)
        print(f"without recorder: {plain.run} run, {len(plain.bad)} failed")
        for probe in probes:
            found = run_child(probe, directory)
            new = sorted(set(found.bad) - set(plain.bad))
            print(f"with the {probe} probe: {found.run} run, {len(new)} failed only here")
            for test in new:
                print(f"  {test}")
            for test in new and found.texts:
                print(test)
            failed += len(new) + (found.run != plain.run)
    return 1 if failed else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        outcome = run_suite(Path(sys.argv[2]) if sys.argv[2] else None)
        Path(sys.argv[3]).write_text(json.dumps(asdict(outcome)))
    else:
        sys.exit(main(sys.argv[1:] or ["c", "python"]))
