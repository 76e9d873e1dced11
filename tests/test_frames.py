"""Reading where a thread is never hangs, and keeps nothing of it alive."""

import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from loopscope.frames import Stack, stack_of
from loopscope.simulator.sampler import Sampler

if TYPE_CHECKING:
    from loopscope.simulator.world import World

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


class Thing:
    """What a function has in a variable."""


def run(things: "weakref.WeakSet[Thing]", look: Callable[[int], None]) -> None:
    """Have a thing while somebody looks."""
    thing = Thing()
    things.add(thing)
    look(threading.get_ident())


def test_a_function_lets_go_of_its_variables_when_it_returns() -> None:
    """Nothing lives longer because somebody looked at the thread and keeps what was seen."""
    things: weakref.WeakSet[Thing] = weakref.WeakSet()
    seen: list[Stack] = []
    run(things, lambda thread: seen.append(stack_of(thread)))
    assert [code.co_name for code, _ in seen[0]][2:4] == ["<lambda>", "run"]
    assert len(things) == 0


def test_the_sampler_keeps_nothing_alive() -> None:
    """Between two looks of the sampler no variable outlives its function."""
    world = SimpleNamespace(current=SimpleNamespace(ident=threading.get_ident()))
    sampler = Sampler(cast("World", world))
    things: weakref.WeakSet[Thing] = weakref.WeakSet()

    def until_seen(thread: int) -> None:
        while sampler.take(thread) is None:
            pass

    sampler.start()
    try:
        for _ in range(20):
            run(things, until_seen)
            assert len(things) == 0
    finally:
        sampler.stop()
