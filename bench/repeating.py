"""Whether a simulation repeats to the byte: every example, one seed, in processes of their own.

python bench/repeating.py [RUNS]

The runs of an example take turns with three values of ``PYTHONHASHSEED``; computing is free or has
fixed costs. Exit code 1 if an example has more than one trace, or prints more than one text. Run it
with every interpreter that is supported.
"""

import hashlib
import itertools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.examples.table import TABLE, Example
from tests.support import EXAMPLES

HASH_SEEDS = ("0", "1", "4711")


def one_run(example: Example, hash_seed: str, room: Path) -> str:
    """Return the hash of the trace and of what was printed in one run of an example."""
    out = room / "out.loopscope"
    words = example.simulation.split()
    command = [sys.executable, "-m", *words[:2], "-q", "--out", str(out), *words[2:]]
    ran = subprocess.run(
        command,
        cwd=room,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=False,
        timeout=120,
    )
    return hashlib.sha256(out.read_bytes() + ran.stdout).hexdigest()


def main(runs: int) -> int:
    """Run every example so many times."""
    examples = [example for example in TABLE if example.is_simulated]
    changing = 0
    with tempfile.TemporaryDirectory() as directory:
        room = Path(directory)
        (room / "examples").symlink_to(EXAMPLES)
        for example in examples:
            seeds = itertools.islice(itertools.cycle(HASH_SEEDS), runs)
            found = {one_run(example, seed, room) for seed in seeds}
            if len(found) > 1:
                changing += 1
                print(f"{example.path}: {len(found)} different runs", flush=True)
    version = ".".join(map(str, sys.version_info[:3]))
    same = len(examples) - changing
    print(f"Python {version}: {same} of {len(examples)} examples repeat, {runs} runs each")
    return 1 if changing else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
