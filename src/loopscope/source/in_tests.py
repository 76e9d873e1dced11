"""Tells the tests of a project from the rest of it: what is slow there is meant to be in order."""

from loopscope.source.meaning import decorators
from loopscope.source.scopes import Function, Scope
from loopscope.source.syntax import last_name

_SET_UPS = {"asyncSetUp", "asyncTearDown", "setup_method", "teardown_method"}


def is_test(function: Function) -> bool:
    """Whether a function is a test, prepares one, or lies in one.

    pytest and unittest call functions whose names begin with ``test``, and fixtures; of both see
    the reference documentation.
    """
    here: Scope | None = function
    while isinstance(here, Function):
        if here.name.startswith("test_") or here.name in _SET_UPS or _is_fixture(here):
            return True
        here = here.parent
    return False


def _is_fixture(function: Function) -> bool:
    return any(last_name(mark) == "fixture" for mark in decorators(function))
