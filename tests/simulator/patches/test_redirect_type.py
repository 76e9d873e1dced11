"""A method of a C class is led elsewhere in place, also for what was made before, and back."""

import _thread
import datetime as dt
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from loopscope.simulator.patches.redirect_type import TypeRedirection, is_closed

KEPT_NOW = dt.datetime.now
MADE_BEFORE = _thread.allocate_lock()


class Moment(dt.datetime):
    """A subclass, as libraries have them."""


def told(cls: type, tz: Any = None) -> Any:
    """Return the arguments, unless the zone is wrong."""
    if tz == "wrong":
        raise TypeError("no zone")
    return cls, tz


@pytest.fixture
def now() -> Iterator[TypeRedirection]:
    """Lead ``datetime.now`` elsewhere during a test."""
    redirection = TypeRedirection(dt.datetime, "now")
    redirection.lead_to(told)
    yield redirection
    redirection.lead_back()


def test_a_class_method_follows(now: TypeRedirection) -> None:
    """On the class and on subclasses, with and without arguments."""
    del now
    answers: list[Any] = [
        dt.datetime.now(),  # noqa: DTZ005 - of no interest here
        dt.datetime.now(dt.UTC),
        Moment.now(tz=dt.UTC),
    ]
    assert answers == [
        (dt.datetime, None),
        (dt.datetime, dt.UTC),
        (Moment, dt.UTC),
    ]


def test_a_class_method_kept_before_follows(now: TypeRedirection) -> None:
    """So does ``default_factory=datetime.now``, where a bound method was kept."""
    del now
    answers: list[Any] = [KEPT_NOW(), KEPT_NOW(dt.UTC), KEPT_NOW(tz=dt.UTC)]
    assert answers == [(dt.datetime, tz) for tz in (None, dt.UTC, dt.UTC)]


def test_the_real_one_stays_within_reach(now: TypeRedirection) -> None:
    """Also for subclasses and with arguments: who keeps real time asks it."""
    moment = now.real.__get__(None, Moment)(dt.UTC)
    assert (type(moment), moment.tzinfo) == (Moment, dt.UTC)


def test_errors_pass(now: TypeRedirection) -> None:
    """What the target raises comes out of the method."""
    del now
    with pytest.raises(TypeError, match="no zone"):
        dt.datetime.now("wrong")  # type: ignore[arg-type]


def test_an_error_in_a_kept_method_is_printed(
    now: TypeRedirection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cannot leave the callback, so it is shown, and the caller gets None."""
    del now
    shown: list[type] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: shown.append(kind))
    answer: Any = KEPT_NOW("wrong")  # type: ignore[arg-type]
    assert (answer, shown) == (None, [TypeError])


def test_led_back_it_is_the_same_method() -> None:
    """The class has the very same descriptor, and kept methods tell the real time."""
    before = vars(dt.datetime)["now"]
    redirection = TypeRedirection(dt.datetime, "now")
    redirection.lead_to(told)
    redirection.lead_back()
    assert vars(dt.datetime)["now"] is before
    assert isinstance(KEPT_NOW(), dt.datetime)
    assert dt.datetime.now(dt.UTC).tzinfo is dt.UTC


def test_a_method_of_instances_follows() -> None:
    """A lock that was made before calls the new method, with itself first."""
    redirection = TypeRedirection(_thread.LockType, "locked")
    redirection.lead_to(lambda lock: ("virtual", lock is MADE_BEFORE))
    try:
        answer: Any = MADE_BEFORE.locked()
    finally:
        redirection.lead_back()
    assert answer == ("virtual", True)
    assert MADE_BEFORE.locked() is False


def test_only_closed_classes_need_it() -> None:
    """A class of the program takes new attributes; one of C refuses them; a module is no class."""
    assert [is_closed(one) for one in (dt.datetime, Moment, sys)] == [True, False, False]


def test_what_is_not_there_is_refused() -> None:
    """There is nothing to lead elsewhere."""
    with pytest.raises(ValueError, match="does not lie in memory as expected"):
        TypeRedirection(dt.datetime, "tomorrow")
