"""Reads the await stack of a suspended task: which frames wait for which."""

import gc
from collections.abc import Iterator
from types import AsyncGeneratorType, CodeType, CoroutineType, FrameType, GeneratorType
from typing import Any, Final

DEEPEST_STACK: Final = 256

# What stands between an ``async for`` or a plain ``__await__`` and the frame behind it; none of
# them shows that frame as an attribute.
_WRAPPERS = frozenset(
    {"async_generator_asend", "async_generator_athrow", "coroutine_wrapper", "anext_awaitable"}
)


def await_frames(coroutine: object) -> Iterator[tuple[CodeType, FrameType]]:
    """Yield code and frame of each level of an await stack, outermost first.

    The stack ends where something is awaited that runs no Python frame (a future), or where a
    coroutine is over.
    """
    awaited: Any = coroutine
    for _ in range(DEEPEST_STACK):
        level = _level(awaited)
        if level is None or level[1] is None:
            return
        yield level[0], level[1]
        awaited = level[2]


def _level(awaited: Any) -> tuple[CodeType, FrameType | None, Any] | None:
    """Return code, frame and the next inner awaitable of one level."""
    kind = type(awaited)
    if kind is CoroutineType:
        return awaited.cr_code, awaited.cr_frame, awaited.cr_await
    if kind is GeneratorType:
        return awaited.gi_code, awaited.gi_frame, awaited.gi_yieldfrom
    if kind is AsyncGeneratorType:
        return awaited.ag_code, awaited.ag_frame, awaited.ag_await
    if kind.__name__ in _WRAPPERS:
        for inner in gc.get_referents(awaited):
            is_wrapper = type(inner).__name__ in _WRAPPERS
            if is_wrapper or isinstance(inner, AsyncGeneratorType | CoroutineType):
                return _level(inner)
    return None
