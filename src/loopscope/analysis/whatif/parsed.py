"""The syntax of recorded source, which may be anything."""

import ast
from functools import lru_cache

from loopscope.source.read_module import UnreadableError, read_module


@lru_cache(maxsize=64)
def parsed(text: str) -> ast.Module:
    """Return the syntax tree of a file; an empty one where it is no Python or nested too deep.

    The last trees are kept: several predictions for one run ask for the same ones.
    """
    try:
        return read_module("", text).tree
    except UnreadableError:
        return ast.Module([], [])
