"""Goes through the seeds of a test, in several processes if that is asked for.

The processes are forked, since a test function lives with its fixtures in this process alone.
"""

import multiprocessing
import os
import warnings
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection

from loopscope.check.case import Case
from loopscope.check.journal import Piece
from loopscope.check.orders import News
from loopscope.check.pieces import Plan
from loopscope.check.rounds import Rounds, rounds_of

Tried = tuple[Case | None, tuple[str, ...]]
"""A case that breaks a promise, None if all hold, and the order in which I/O completed."""

Find = Callable[[Case], Tried]
"""Runs a case, and others that follow from it."""

Found = tuple[int, Case]

Share = tuple[Found | None, list[tuple[str, ...]]]
"""What was found first in a share of the cases, and the orders up to there."""


def first_broken(plan: Plan, seeds: range, find: Find, jobs: int) -> tuple[Case | None, int]:
    """Return the first case that breaks a promise, None if all hold, and how many held before.

    Args:
        plan: What is done with every seed.
        seeds: The seeds.
        find: Runs a case.
        jobs: In how many processes; 0 for one a processor.
    """
    __tracebackhide__ = True
    jobs = jobs or os.cpu_count() or 1
    rounds = Rounds(plan, seeds)
    for part in rounds_of(seeds):
        known = rounds.plan_of(part.start) or plan
        cases = [known.case(seed) for seed in part]
        found, orders = _tried(cases, find, min(jobs, len(cases)))
        if found is not None:
            at, case = found
            return case, part.start - seeds.start + at
        news = News(known.seen)
        for order in orders:
            news.note(order)
        rounds.note(Piece(part.start, (0,) * len(part), orders=tuple(news.orders)))
    return None, len(seeds)


def _tried(cases: Sequence[Case], find: Find, jobs: int) -> Share:
    __tracebackhide__ = True
    if jobs > 1 and "fork" in multiprocessing.get_all_start_methods():
        return _in_processes(cases, find, jobs)
    return _first_of(cases, find, range(len(cases)))


def _first_of(cases: Sequence[Case], find: Find, places: range) -> Share:
    __tracebackhide__ = True
    orders: list[tuple[str, ...]] = []
    for at in places:
        found, order = find(cases[at])
        if found is not None:
            return (at, found), orders
        orders.append(order)
    return None, orders


def _in_processes(cases: Sequence[Case], find: Find, jobs: int) -> Share:
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
    orders: list[tuple[str, ...]] = []
    for share, (process, reader) in zip(shares, lines, strict=True):
        try:
            first, seen = reader.recv()
        except EOFError:  # it died, or the test skipped itself: see here what there is to see
            first, seen = _first_of(cases, find, share)
        reader.close()
        process.join()
        found += [] if first is None else [first]
        orders += seen
    return min(found, key=lambda one: one[0], default=None), orders


def _report(cases: Sequence[Case], find: Find, share: range, writer: Connection) -> None:
    try:
        writer.send(_first_of(cases, find, share))
    except BaseException:  # noqa: BLE001  (it is seen where the share is run again)
        writer.close()
