"""Redirects a method of a C class in place: ``lock.acquire``, ``datetime.now``.

Such a class refuses new attributes, but its dictionary is one like any other, and
``PyType_Modified`` tells the interpreter that it changed. So every instance follows, also one made
before.

What is out of reach that way is a bound method that somebody kept. For a class method
(``default_factory=datetime.now``) its C definition is changed as well, to a callback of ctypes.
That costs a microsecond, and an exception cannot leave it: it is printed, and the caller gets
None. Kept methods of instances are not followed.
"""

import ctypes
import gc
import sys
from functools import partial
from types import ClassMethodDescriptorType
from typing import Any, Final

from loopscope.simulator.redirect import (
    CLASS,
    FASTCALL,
    KEYWORDS,
    NOARGS,
    Definition,
    Function,
    why_not_here,
)

_IMMUTABLE: Final = 1 << 8
"""``Py_TPFLAGS_IMMUTABLETYPE``."""

_Callback: Final = ctypes.PYFUNCTYPE(
    ctypes.py_object,
    ctypes.py_object,
    ctypes.POINTER(ctypes.py_object),
    ctypes.c_ssize_t,
    ctypes.c_void_p,
)
"""The C function of a method that takes its arguments as an array; one without has two less."""


class _Descriptor(ctypes.Structure):
    """CPython's ``PyMethodDescrObject``, after its head."""

    _fields_ = (
        ("type", ctypes.c_void_p),
        ("name", ctypes.c_void_p),
        ("qualified_name", ctypes.c_void_p),
        ("definition", ctypes.c_void_p),
    )


class TypeRedirection:
    """One method of a C class that can be led elsewhere and back.

    Attributes:
        real: What always does the real thing, to be called with the instance (or to be bound with
            ``real.__get__(None, cls)`` if it is a class method).

    Raises:
        ValueError: The class does not lie in memory as expected.
    """

    def __init__(self, owner: type, name: str) -> None:
        self._owner = owner
        self._name = name
        self._original: Any = vars(owner).get(name)
        self._names: dict[str, Any] = {}
        if why_not_here() is None:
            (self._names,) = gc.get_referents(vars(owner))
        if self._names.get(name) is not self._original or self._original is None:
            raise ValueError(f"{owner!r} does not lie in memory as expected.")
        self.real = self._original
        self._target: Function = self._original
        self._tell = partial(ctypes.pythonapi.PyType_Modified, ctypes.py_object(owner))
        self._definition: Definition | None = None
        if isinstance(self._original, ClassMethodDescriptorType):
            self._definition = _definition_of(self._original)
            self._method = self._definition.method
            self._callback = self._make_callback(self._definition.flags)
            self._real_definition = Definition.from_buffer_copy(self._definition)
            self.real = _twin(owner, self._real_definition)

    def lead_to(self, target: Function) -> None:
        """Call ``target`` wherever the method is called, with its instance (or class) first."""
        if self._definition is None:
            self._set(target)
        else:
            self._target = target
            self._set(classmethod(target))
            self._definition.method = ctypes.cast(self._callback, ctypes.c_void_p).value

    def lead_back(self) -> None:
        """Make it the method that it was."""
        self._set(self._original)
        if self._definition is not None:
            self._definition.method = self._method

    def _set(self, value: object) -> None:
        before = self._names[self._name]
        self._names[self._name] = value
        self._tell()
        del before  # only now: until then another thread's caches may lend it

    def _make_callback(self, flags: int) -> Any:
        """Return a C function that calls the target."""
        if flags & ~CLASS not in (NOARGS, FASTCALL | KEYWORDS):
            raise ValueError(f"A method with flags {flags:#x} cannot be redirected.")

        def call(owner: Any, arguments: Any, count: int, names: int | None) -> Any:
            keywords: tuple[str, ...] = ()
            if flags & NOARGS:
                count = 0
            elif names:
                keywords = ctypes.cast(names, ctypes.py_object).value
            values = arguments[: count + len(keywords)] if count or keywords else ()
            named = dict(zip(keywords, values[count:], strict=True))
            try:
                return self._target(owner, *values[:count], **named)
            except BaseException:  # noqa: BLE001  (what leaves a callback leaves memory unset)
                sys.excepthook(*sys.exc_info())
                return None

        return _Callback(call)


def is_closed(owner: object) -> bool:
    """Whether something is a class that refuses new attributes."""
    return isinstance(owner, type) and bool(owner.__flags__ & _IMMUTABLE)


def _twin(owner: type, definition: Definition) -> Any:
    """Return another class method of a class, with a definition of its own."""
    make = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object, ctypes.c_void_p)(
        ("PyDescr_NewClassMethod", ctypes.pythonapi)
    )
    return make(owner, ctypes.addressof(definition))


def _definition_of(descriptor: ClassMethodDescriptorType) -> Definition:
    address = id(descriptor) + object.__basicsize__
    definition = Definition.from_address(_Descriptor.from_address(address).definition)
    if definition.name != descriptor.__name__.encode():
        raise ValueError(f"{descriptor!r} does not lie in memory as expected.")
    return definition
