"""Reading a thread's frame never hangs, whatever garbage there is."""

import subprocess
import sys

PROGRAM = """\
import gc, threading
from loopscope.frames import frame_of

def look(extra):
    gc.set_threshold(gc.get_count()[0] + extra)
    found = frame_of(threading.get_ident())
    gc.set_threshold(100_000)
    return found

gc.set_threshold(100_000)
for number in range(400):
    one = threading.local()
    one.itself = [one]
    one = None
    assert look(number % 8).f_code.co_name == "frame_of"
assert gc.isenabled()
gc.disable()
assert look(1) and not gc.isenabled()
print("fine")
"""


def test_garbage_that_is_collected_meanwhile() -> None:
    """A collection that frees locals of threads does not meet the look at the frames."""
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("fine\n", "")
