"""Runs a cell as a notebook does: its text is in no file, but Python can show its lines."""

import ast
import asyncio
import linecache
from inspect import CO_COROUTINE
from types import FunctionType

CELL = """\
await asyncio.sleep(0.01)
"""
NAME = "/nowhere/cell.py"

linecache.cache[NAME] = (len(CELL), None, CELL.splitlines(keepends=True), NAME)
code = compile(CELL, NAME, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
assert code.co_flags & CO_COROUTINE
asyncio.run(FunctionType(code, globals())())
