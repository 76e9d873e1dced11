"""Beliefs about asyncio that are wrong, each with what is true instead.

A wrong answer is met with the belief behind it, said out loud, refuted, and replaced: of all ways
to correct a wrong idea this one is known to work (Schroeder & Kucera 2022, a meta-analysis of
refutation texts).
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Belief:
    """What people believe, and what is true."""

    name: str
    claim: str
    truth: str


_ALL: Final = (
    Belief(
        "async-is-parallel",
        "Code in async functions runs in parallel.",
        "The event loop runs one step of one task at a time, in one thread. What overlaps is the "
        "waiting, never the computing.",
    ),
    Belief(
        "await-starts",
        "Awaiting several coroutines one after the other starts them together.",
        "`await f()` begins f and goes on only when f is over. Two such lines are two waits in a "
        "row. What is to overlap must become tasks first, with gather, create_task or a TaskGroup.",
    ),
    Belief(
        "await-stops-all",
        "While one task awaits, the whole program stands still.",
        "Only the task that awaits stands still. It has let go of the loop, and whoever is ready "
        "runs meanwhile.",
    ),
    Belief(
        "await-is-a-thread",
        "Every await runs in a thread of its own.",
        "A coroutine runs in the loop's thread, always. A thread is used only where the program "
        "asks for one: to_thread, run_in_executor, or a name look-up that asyncio makes for it.",
    ),
    Belief(
        "automatic-pool",
        "asyncio hands work to a pool of threads or processes by itself.",
        "Coroutines are never handed to a pool. What computes or blocks in one holds the loop "
        "until it is moved off it by hand.",
    ),
    Belief(
        "async-is-faster",
        "Async code is faster.",
        "It is faster only where several waits overlap. One request takes as long as before, and "
        "computing takes a little longer.",
    ),
    Belief(
        "gather-unblocks",
        "gather makes blocking calls overlap.",
        "gather makes tasks; the loop runs them one step at a time. A step that blocks keeps all "
        "others waiting until the call returns.",
    ),
    Belief(
        "sleep-zero-helps",
        "An `await asyncio.sleep(0)` before a blocking call makes it async.",
        "sleep(0) lets the others run one step first. So it changes who begins when. The call "
        "after it still blocks the loop, as long as before.",
    ),
    Belief(
        "calling-runs",
        "Calling an async function runs it.",
        "Calling it makes a coroutine object and runs no line of it. It runs when it is awaited "
        "or made a task.",
    ),
    Belief(
        "create-task-runs",
        "create_task runs the task at once.",
        "create_task puts the task's first step at the end of the ready queue. It runs when the "
        "present task has let go of the loop.",
    ),
    Belief(
        "await-always-yields",
        "Every await gives control back to the loop.",
        "Only an await that must wait does. Awaiting a coroutine that finds everything there "
        "(a free lock, a queue with room, a finished future) goes straight on.",
    ),
    Belief(
        "gather-cancels",
        "If one of gather's tasks fails, the others are cancelled.",
        "gather passes the first error on at once, and the other tasks go on running. A TaskGroup "
        "is what cancels them.",
    ),
    Belief(
        "gather-by-completion",
        "gather returns results in the order in which they came in.",
        "Results stand in the order of the arguments. as_completed is what yields them as they "
        "come in.",
    ),
    Belief(
        "bare-except",
        "A bare `except:` around an await is harmless.",
        "It also catches CancelledError, so a timeout or a Ctrl-C that should end the task is "
        "swallowed. `except Exception` lets cancellation through.",
    ),
    Belief(
        "loop-is-fair",
        "The loop shares time fairly and interrupts a task that takes too long.",
        "Nothing interrupts a step. It ends when the task waits or is over; until then nobody "
        "else runs, however late their timers are.",
    ),
    Belief(
        "files-are-async",
        "Reading a file in an async function does not block.",
        "open() and read() block like any other call; asyncio has no file I/O. Use to_thread for "
        "what may be slow.",
    ),
    Belief(
        "no-races",
        "In one thread there are no race conditions.",
        "Between two awaits nobody interferes. Across an await everybody may: what was read "
        "before it can be outdated after it.",
    ),
    Belief(
        "threads-compute",
        "to_thread makes computing in Python run in parallel.",
        "Python code in threads takes turns (the GIL). to_thread keeps the loop free, but the "
        "computing is not done sooner. Processes do it on several cores.",
    ),
    Belief(
        "tasks-hold-themselves",
        "A task that nobody keeps or awaits is safe.",
        "The loop holds tasks only weakly: one that nobody keeps may vanish, and an exception in "
        "it is seen by nobody.",
    ),
    Belief(
        "timeouts-stop-anything",
        "A timeout stops whatever takes too long.",
        "A timeout cancels the task at an await. A call that blocks never gets there, and the "
        "timeout's own timer cannot fire before the loop is free again.",
    ),
    Belief(
        "only-completed",
        "A task that is done has completed.",
        "Done is one of three: it returned, it raised, or it was cancelled.",
    ),
    Belief(
        "waiting-is-free",
        "Async code does not wait, so it takes no time.",
        "The program waits as long as what it waits for. The loop can do other work meanwhile, if "
        "there is any.",
    ),
)

BELIEFS: Final = {belief.name: belief for belief in _ALL}
