"""Judges a run that is over: which promise did it break first?"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Final

from loopscope.check.places import deepest, place, raised_at, told, waited_at
from loopscope.check.program import Program
from loopscope.check.promises import Promises
from loopscope.check.watching import Watch
from loopscope.errors import LoopscopeError, UsageError

STOPPED: Final = ("deadlock", "time-limit", "step-limit", "simulation-stopped")
"""What the simulation says of the program; everything else it says of the world around it."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that was broken; the fields are those of ``Outcome``."""

    kind: str
    sentence: str
    where: str = ""
    detail: str = ""
    is_world: bool = False


@dataclass(slots=True)
class Ran:
    """What a run left behind.

    Attributes:
        main: The program's ``__main__``.
        result: What it returned; for a script, its namespace.
        error: What it raised.
        failures: Why the simulation was stopped, and what left it.
        watch: What was seen on the way.
        duration_ns: How long it took.
    """

    main: ModuleType
    result: Any = None
    error: BaseException | None = None
    failures: list[LoopscopeError] = field(default_factory=list)
    watch: Watch | None = None
    duration_ns: int = 0


def judge(program: Program, promises: Promises, ran: Ran) -> Broken | None:
    """Return the promise that a run broke, None if it held all that can be seen without a trace.

    Raises:
        UsageError: The function that is to judge the result does not exist.
    """
    return (
        _stopped(ran.failures)
        or _raised(ran.error)
        or _unexpected(program, promises, ran)
        or _lost(promises, ran)
        or _slow(promises, ran)
    )


def _stopped(failures: list[LoopscopeError]) -> Broken | None:
    for failure in failures:
        if failure.slug not in STOPPED:
            return Broken(failure.slug, _first_line(failure), detail=str(failure), is_world=True)
    for failure in failures:
        report = str(failure)
        where = waited_at(report)
        return Broken(failure.slug, _first_line(failure), where, report)
    return None


def _first_line(failure: LoopscopeError) -> str:
    return str(failure).partition("\n")[0]


def _raised(error: BaseException | None) -> Broken | None:
    if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
        return None
    if isinstance(error, SystemExit):
        code = error.code if isinstance(error.code, int) else 1
        return Broken("exit", f"It ended with exit code {code}.", raised_at(error), told(error))
    inner = deepest(error)
    return Broken("raised", f"It raised {described(inner)}.", raised_at(error), detail=told(error))


def described(error: BaseException) -> str:
    """Return an exception's type and message, on one line."""
    message = " ".join(str(error).split())[:200].rstrip(".")
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _unexpected(program: Program, promises: Promises, ran: Ran) -> Broken | None:
    if promises.expect is None:
        return None
    function = _expectation(program, promises.expect, ran.main)
    try:
        verdict = function(ran.result)
    except Exception as error:  # noqa: BLE001  (it is how an expectation says no)
        said = described(error)
        return Broken(
            "expect", f"{promises.expect} said no: {said}.", raised_at(error), told(error)
        )
    if verdict is None or verdict:
        return None
    return Broken("expect", f"{promises.expect} returned {verdict!r}.", _defined_at(function))


def _defined_at(function: Callable[..., Any]) -> str:
    code = getattr(function, "__code__", None)
    return "" if code is None else place(code.co_filename, code.co_firstlineno)


def _expectation(program: Program, name: str, main: ModuleType) -> Callable[..., Any]:
    module_name, _, function_name = name.partition(":")
    try:
        if program.function is None and module_name in program.main_names:
            module = main
        else:
            module = importlib.import_module(module_name)
        function = getattr(module, function_name)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(
            f"--expect {name} finds no function ({error}): give module:function, with a module "
            "beside the program, or the program's own name.",
            slug="expect-unknown",
        ) from error
    if not callable(function):
        raise UsageError(f"--expect {name} is no function.", slug="expect-unknown")
    return function  # type: ignore[no-any-return]


def _lost(promises: Promises, ran: Ran) -> Broken | None:
    watch = ran.watch
    if watch is None or (promises.are_given and not promises.no_lost_task):
        return None
    for loss in [*watch.lost, *(watch.unfinished if promises.no_lost_task else [])]:
        return Broken("lost-task", f"{loss.what}.", loss.where)
    return None


def _slow(promises: Promises, ran: Ran) -> Broken | None:
    hold = ran.watch.hold if ran.watch is not None else None
    if promises.no_stall_ns is not None and hold is not None and hold.ns > promises.no_stall_ns:
        return Broken(
            "stall",
            f"One step held the loop for {seconds(hold.ns)}, more than "
            f"{seconds(promises.no_stall_ns)}.",
            hold.where,
        )
    if promises.within_ns is not None and ran.duration_ns > promises.within_ns:
        return Broken(
            "within",
            f"It took {seconds(ran.duration_ns)}, more than {seconds(promises.within_ns)}.",
        )
    return None


def seconds(ns: int) -> str:
    """Return a duration in seconds, as precise as it is."""
    return f"{ns / 1e9:.6g} s"
