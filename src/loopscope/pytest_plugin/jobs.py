"""Goes through the cases of a test, in several processes if that is asked for.

The processes are forked, since a test function lives with its fixtures in this process alone.
"""

import multiprocessing
import os
import warnings
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection

from loopscope.check.case import Case

Breaks = Callable[[Case], bool]


def first_broken(cases: Sequence[Case], breaks: Breaks, jobs: int) -> int | None:
    """Return the position of the first case that breaks something, None if all hold.

    Args:
        cases: The cases.
        breaks: Runs one, and says whether it breaks something.
        jobs: In how many processes; 0 for one a processor.
    """
    __tracebackhide__ = True
    jobs = min(jobs or os.cpu_count() or 1, len(cases))
    if jobs > 1 and "fork" in multiprocessing.get_all_start_methods():
        return _in_processes(cases, breaks, jobs)
    return _first_of(cases, breaks, range(len(cases)))


def _first_of(cases: Sequence[Case], breaks: Breaks, places: range) -> int | None:
    __tracebackhide__ = True
    return next((at for at in places if breaks(cases[at])), None)


def _in_processes(cases: Sequence[Case], breaks: Breaks, jobs: int) -> int | None:
    context = multiprocessing.get_context("fork")
    shares = [range(first, len(cases), jobs) for first in range(jobs)]
    lines = []
    for share in shares:
        reader, writer = context.Pipe(duplex=False)
        process = context.Process(target=_report, args=(cases, breaks, share, writer))
        with warnings.catch_warnings():
            # Python 3.12 warns of every fork in a process with threads: these hold nothing here.
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
        writer.close()
        lines.append((process, reader))
    found: list[int] = []
    for share, (process, reader) in zip(shares, lines, strict=True):
        try:
            at = reader.recv()
        except EOFError:  # it died, or the test skipped itself: see here what there is to see
            at = _first_of(cases, breaks, share)
        reader.close()
        process.join()
        found += [] if at is None else [at]
    return min(found, default=None)


def _report(cases: Sequence[Case], breaks: Breaks, share: range, writer: Connection) -> None:
    try:
        writer.send(_first_of(cases, breaks, share))
    except BaseException:  # noqa: BLE001  (it is seen where the share is run again)
        writer.close()
