"""A program killed at any moment leaves a trace that opens and holds what was recorded."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from loopscope.trace.reader import read_trace

PROGRAM = """
import asyncio, itertools

async def main():
    for number in itertools.count():
        await asyncio.sleep(0)
        print(number, flush=True)

asyncio.run(main())
"""


@pytest.mark.usefixtures("chosen_probe")
@pytest.mark.parametrize("seed", range(10))
def test_nothing_recorded_is_lost_by_sigkill(seed: int, tmp_path: Path) -> None:
    """After SIGKILL every step that had ended is in the trace, and the trace says it was cut."""
    script, target = tmp_path / "endless.py", tmp_path / "endless.loopscope"
    script.write_text(PROGRAM)
    command = [sys.executable, "-m", "loopscope", "run", "--out", str(target), str(script)]
    wanted = random.Random(seed).randrange(1, 4000)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        last = 0
        for line in process.stdout:
            last = int(line)
            if last >= wanted:
                break
        process.send_signal(signal.SIGKILL)
        process.wait(60)
    trace = read_trace(target)
    main = next(one for one in trace.tasks.id.tolist() if trace.task(one).name == "Task-1")
    assert int(np.count_nonzero(trace.steps.task == main)) >= last + 1
    assert not trace.info.is_complete
    assert trace.info.damage == ""
    assert trace.info.lost_count == 0
