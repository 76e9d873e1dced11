"""Goes through the cases of a test, in several processes if that is asked for.

The processes are forked, since a test function lives with its fixtures in this process alone.
"""

import multiprocessing
import os
import warnings
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection

from loopscope.check.case import Case

Find = Callable[[Case], Case | None]
"""Runs a case, and others that follow from it; returns the first that breaks a promise."""

Found = tuple[int, Case]


def first_broken(cases: Sequence[Case], find: Find, jobs: int) -> Found | None:
    """Return the first case that breaks a promise, and its position; None if all hold.

    Args:
        cases: The cases.
        find: Runs one.
        jobs: In how many processes; 0 for one a processor.
    """
    __tracebackhide__ = True
    jobs = min(jobs or os.cpu_count() or 1, len(cases))
    if jobs > 1 and "fork" in multiprocessing.get_all_start_methods():
        return _in_processes(cases, find, jobs)
    return _first_of(cases, find, range(len(cases)))


def _first_of(cases: Sequence[Case], find: Find, places: range) -> Found | None:
    __tracebackhide__ = True
    for at in places:
        found = find(cases[at])
        if found is not None:
            return at, found
    return None


def _in_processes(cases: Sequence[Case], find: Find, jobs: int) -> Found | None:
    context = multiprocessing.get_context("fork")
    shares = [range(first, len(cases), jobs) for first in range(jobs)]
    lines = []
    for share in shares:
        reader, writer = context.Pipe(duplex=False)
        process = context.Process(target=_report, args=(cases, find, share, writer))
        with warnings.catch_warnings():
            # Python 3.12 warns of every fork in a process with threads: these hold nothing here.
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
        writer.close()
        lines.append((process, reader))
    found: list[Found] = []
    for share, (process, reader) in zip(shares, lines, strict=True):
        try:
            first = reader.recv()
        except EOFError:  # it died, or the test skipped itself: see here what there is to see
            first = _first_of(cases, find, share)
        reader.close()
        process.join()
        found += [] if first is None else [first]
    return min(found, key=lambda one: one[0], default=None)


def _report(cases: Sequence[Case], find: Find, share: range, writer: Connection) -> None:
    try:
        writer.send(_first_of(cases, find, share))
    except BaseException:  # noqa: BLE001  (it is seen where the share is run again)
        writer.close()
