"""Redirects a built-in function of a C module in place, so that every reference to it follows.

A built-in function is a small object: a pointer to its definition, and what is passed to it as
``self``. A redirected one gets a definition of ours, whose C function is the one of Python's own
API that calls ``self``, and a ``self`` that can be called. So nothing is compiled, exceptions pass,
and a call costs about 0.1 us more. Only the one object changes; the definition in the C module is
left alone, and a second function made from it remains the real one.

The layout is CPython's, the same from 3.11 to 3.13, and is checked for every function.
"""

import ctypes
import sys
import sysconfig
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final

VARARGS: Final = 0x01
KEYWORDS: Final = 0x02
NOARGS: Final = 0x04
ONE: Final = 0x08
CLASS: Final = 0x10
FASTCALL: Final = 0x80

_CALLERS: Final = {
    NOARGS: "PyObject_CallNoArgs",
    ONE: "PyObject_CallOneArg",
    VARARGS: "PyObject_CallObject",
    VARARGS | KEYWORDS: "PyObject_Call",
    FASTCALL: "PyObject_Vectorcall",
    FASTCALL | KEYWORDS: "PyObject_Vectorcall",
}
"""For each way a built-in takes its arguments: what calls an object with arguments of that form."""

_NEWEST: Final = (3, 13)

Function = Callable[..., Any]


class Definition(ctypes.Structure):
    """CPython's ``PyMethodDef``."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("method", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_void_p),
    )


class _Builtin(ctypes.Structure):
    """CPython's ``PyCFunctionObject``, after its head."""

    _fields_ = (
        ("definition", ctypes.c_void_p),
        ("self", ctypes.c_void_p),
        ("module", ctypes.c_void_p),
        ("weak_references", ctypes.c_void_p),
        ("vectorcall", ctypes.c_void_p),
    )


_HEAD: Final[int] = _Builtin.module.offset
_CALL: Final[int] = _Builtin.vectorcall.offset


class Redirection:
    """One built-in function that can be led elsewhere and back.

    Attributes:
        function: The built-in, as every module knows it.
        real: A twin of it that always does the real thing.

    Raises:
        ValueError: The function does not lie in memory as expected.
    """

    def __init__(self, function: Any) -> None:
        self.function = function
        self._fields = _fields_of(function)
        definition = Definition.from_address(self._fields.definition)
        self.real = _twin(self._fields.definition, function)
        flags, vectorcall = definition.flags, self._fields.vectorcall
        caller = ctypes.cast(getattr(ctypes.pythonapi, _CALLERS[flags]), ctypes.c_void_p).value
        if flags == FASTCALL:  # its C function would not be told of keywords
            flags, vectorcall = flags | KEYWORDS, _fields_of(print).vectorcall
        self._definition = Definition(definition.name, caller, flags, definition.doc)
        self._stand_in = _stand_in(function)
        self._class = type(self._stand_in)
        self._target: Function | None = None
        memory = (ctypes.c_ubyte * ctypes.sizeof(_Builtin)).from_address(
            ctypes.addressof(self._fields)
        )
        self._memory = memoryview(memory).cast("B")
        before = bytes(self._memory)
        ours = _Builtin.from_buffer_copy(before)
        ours.definition, ours.self = ctypes.addressof(self._definition), id(self._stand_in)
        ours.vectorcall = vectorcall
        self._before, self._ours = _changed(before), _changed(bytes(ours))

    def lead_to(self, target: Function) -> None:
        """Call ``target`` wherever the built-in is called, with its arguments."""
        if target is not self._target:
            # Special methods are looked for on the class. A static one is called without self.
            self._class.__call__ = staticmethod(target)  # type: ignore[method-assign]
            self._target = target
        self._memory[:_HEAD], self._memory[_CALL:] = self._ours

    def lead_back(self) -> None:
        """Make it the built-in that it was."""
        self._memory[:_HEAD], self._memory[_CALL:] = self._before


def _changed(fields: bytes) -> tuple[bytes, bytes]:
    """Return what is ours to change: the definition and self, and how to call."""
    return fields[:_HEAD], fields[_CALL:]


class _StandIn(ModuleType):
    """What a redirected built-in has for ``self``: a module, so that it is pickled as ever."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError


def real_twin(function: Function) -> Function:
    """Return what does the same as a built-in function, also while that is redirected."""
    try:
        return Redirection(function).real
    except ValueError:
        return function  # nor can it be redirected


def why_not_here() -> str | None:
    """Return why built-ins cannot be redirected in this interpreter, or None if they can be."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    name = sys.implementation.name
    if name != "cpython" or sys.version_info[:2] > _NEWEST:
        newest = ".".join(str(part) for part in _NEWEST)
        return f"This is {name} {version}; built-ins can be redirected in CPython up to {newest}."
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return f"This is a free-threaded build of CPython {version}, whose objects lie otherwise."
    return None


def _fields_of(function: Any) -> _Builtin:
    """Return the fields of a built-in; ValueError if they are not where they should be."""
    fields = _Builtin.from_address(id(function) + object.__basicsize__)
    fits = (
        why_not_here() is None
        and type(function).__basicsize__ == object.__basicsize__ + ctypes.sizeof(_Builtin)
        and fields.self == id(function.__self__)
        and Definition.from_address(fields.definition).name == function.__name__.encode()
        and Definition.from_address(fields.definition).flags in _CALLERS
    )
    if not fits:
        raise ValueError(f"{function!r} does not lie in memory as expected.")
    return fields


def _twin(definition: int, function: Any) -> Function:
    """Return another function object with the same definition."""
    make = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.py_object, ctypes.py_object)(
        ("PyCFunction_NewEx", ctypes.pythonapi)
    )
    twin: Function = make(definition, function.__self__, function.__module__)
    return twin


def _stand_in(function: Any) -> _StandIn:
    """Return what is called in place of a function: an instance of a class of its own.

    The built-in refers to it without counting that, so it must live as long: for ever, like the
    module it is named after.
    """
    name = getattr(function.__self__, "__name__", function.__module__)
    stand_in: _StandIn = type("_StandIn", (_StandIn,), {})(name)
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(stand_in))
    return stand_in
