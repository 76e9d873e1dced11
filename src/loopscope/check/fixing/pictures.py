"""Pictures of values as text: the same for values that are alike, in whatever process."""

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from types import ModuleType
from typing import Any, Final

MOST_PARTS: Final = 5_000
MOST_DEPTH: Final = 12
_LONGEST: Final = 10_000
_PLAIN: Final = (bool, int, float, complex, str, bytes, type(None))
_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{6,}")


class Picture:
    """Makes the picture of one value.

    Plain data is shown whole, and so are objects of the program's own classes; everything else by
    the name of its class. What is met again is only named.

    Args:
        is_own: Whether a class is the program's own.
    """

    def __init__(self, is_own: Callable[[type], bool]) -> None:
        self._is_own = is_own
        self._seen: set[int] = set()
        self._parts = 0

    def of(self, value: object, depth: int = 0) -> str:
        """Return the picture of a value."""
        self._parts += 1
        kind = type(value)  # not what the value says of itself
        if self._parts > MOST_PARTS or depth > MOST_DEPTH or id(value) in self._seen:
            return f"<{kind.__qualname__}>"
        self._seen.add(id(value))
        try:
            if issubclass(kind, _PLAIN):
                return without_addresses(repr(value)[:_LONGEST])
            return self._whole(value, kind, depth + 1)
        except Exception as error:  # noqa: BLE001  (code of the program runs here)
            return f"<{kind.__qualname__}: {type(error).__name__}>"
        finally:
            self._seen.discard(id(value))

    def _whole(self, value: Any, kind: type, depth: int) -> str:  # noqa: ANN401
        if issubclass(kind, BaseException):
            return f"{kind.__name__}({', '.join(self.of(one, depth) for one in value.args)})"
        if kind.__module__ == "collections" or kind in (
            dict,
            list,
            tuple,
            set,
            frozenset,
            bytearray,
        ):
            return self._container(value, kind, depth)
        if issubclass(kind, Mapping | list | tuple) and self._is_own(kind):
            return f"{kind.__qualname__}{self._container(value, kind, depth)}"
        if self._is_own(kind):
            names = [*getattr(value, "__dict__", ()), *_slots(kind)]
            fields = [
                (name, getattr(value, name))
                for name in dict.fromkeys(names)
                if hasattr(value, name)
            ]
            inside = ", ".join(f"{name}={self.of(one, depth)}" for name, one in fields)
            return f"{kind.__qualname__}({inside})"
        return f"<{kind.__module__}.{kind.__qualname__}>"

    def _container(self, value: Any, kind: type, depth: int) -> str:  # noqa: ANN401
        if issubclass(kind, Mapping):
            pairs = [f"{self.of(key, depth)}: {self.of(one, depth)}" for key, one in value.items()]
            return "{" + ", ".join(pairs) + "}"
        parts = [self.of(one, depth) for one in value]
        if issubclass(kind, AbstractSet):
            parts.sort()
        return f"{'' if kind is list else kind.__name__}[{', '.join(parts)}]"


def _slots(kind: type) -> list[str]:
    found: list[str] = []
    for one in kind.__mro__:
        slots = vars(one).get("__slots__", ())
        found += [slots] if isinstance(slots, str) else slots
    return [name for name in found if name not in ("__dict__", "__weakref__")]


def without_addresses(text: str) -> str:
    """Return a text with addresses of memory taken out, which differ from run to run."""
    return _ADDRESS.sub("0x", text)


def pictures_of(
    modules: Mapping[str, ModuleType], is_own: Callable[[type], bool]
) -> dict[str, str]:
    """Return a picture of every global of some modules that is data: ``NAME of app.py``."""
    found: dict[str, str] = {}
    for file, module in modules.items():
        for name, value in list(vars(module).items()):
            if name.startswith("__") or isinstance(value, type | ModuleType) or callable(value):
                continue
            found[f"{name} of {file}"] = Picture(is_own).of(value)
    return found
