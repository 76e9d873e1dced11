"""Writes ``docs/trace-format.md`` from the module that defines the format.

python tools/trace_format.py            write it
python tools/trace_format.py --check    exit code 1 if it is not up to date
"""

import ast
import inspect
import sys
from enum import IntEnum
from pathlib import Path

from loopscope.model import kinds
from loopscope.trace import layout

PAGE = Path(__file__).parents[1] / "docs" / "trace-format.md"

HEADER_FIELDS = (
    ("magic", "`LOOPSCOP`"),
    ("version", "format version"),
    ("header bytes", "size of the header, a multiple of 4096"),
    ("lost", "records that could not be written"),
    ("state", "see below"),
    ("meta bytes", "length of the description"),
    ("origin", "the recorder's monotonic clock at time 0, ns"),
    ("wall", "the wall clock at time 0, ns since 1970"),
    ("end", "when the recording ended, ns since time 0; 0 if it never did"),
)


def main() -> int:
    """Write or check the page."""
    text = render()
    if "--check" in sys.argv:
        return 0 if PAGE.read_text() == text else 1
    PAGE.write_text(text)
    return 0


def render() -> str:
    """Return the page."""
    parts = [
        "# The trace file",
        (
            f"Format version {layout.VERSION}. This page is generated from "
            "`src/loopscope/trace/layout.py` by `tools/trace_format.py`."
        ),
        inspect.cleandoc(layout.__doc__ or ""),
        "All numbers are little-endian. Times are integer nanoseconds since the recording began.",
        "## Header",
        _table(("field", "bytes", "meaning"), _header_rows()),
        "After these fields comes the description of the recorded process: JSON in UTF-8.",
        _members(layout.State, "State"),
        "## Blocks",
        (
            "Header and blocks are multiples of 4096 bytes. A block begins with 32 bytes: magic "
            f"`{layout.BLOCK_MAGIC:#x}`, kind, stream (the loop's number), size with these bytes "
            "(four 32-bit numbers), and 16 bytes of zeros."
        ),
        _members(layout.BlockKind, "Block kind"),
        "## Records",
        (
            "A record is 32 bytes: two 64-bit and four 32-bit numbers. The first one's top byte is "
            "the kind and is written last; 0 means that nothing is there yet."
        ),
        _class_text(layout.Kind),
        _members(layout.Kind, "Kind"),
        (
            "A step begins where the record before it in its loop's stream ended: at a step's end, "
            "at a turn's first step, or at the loop's begin."
        ),
        _members(kinds.StepEnd, "How a step ends"),
        _members(kinds.WakeKind, "What woke it"),
        _members(kinds.Lapse, "Lapse"),
        "## Words",
        (
            "An entry is three 32-bit numbers (its size rounded up to 4 bytes, its kind, the id it "
            "defines) and its content. A size of 0 is where the block ends."
        ),
        _members(layout.Word, "Word"),
    ]
    return "\n\n".join(parts) + "\n"


def _header_rows() -> list[tuple[str, str, str]]:
    sizes = {"s": 8, "I": 4, "Q": 8, "q": 8}
    codes = layout.HEADER.format.replace("<", "").replace("8s", "s")
    named = zip(HEADER_FIELDS, codes, strict=True)
    return [(name, str(sizes[code]), meaning) for (name, meaning), code in named]


def _members(kind: type[IntEnum], title: str) -> str:
    rows = [(str(one.value), f"`{one.name}`", text) for one, text in _described(kind)]
    return f"### {title}\n\n" + _table(("value", "name", "meaning"), rows)


def _described(kind: type[IntEnum]) -> list[tuple[IntEnum, str]]:
    """Return the members of an enumeration with the strings that stand below them."""
    body = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(body, ast.ClassDef)
    texts: dict[str, str] = {}
    name = ""
    for node in body.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and name:
            texts[name] = " ".join(inspect.cleandoc(str(node.value.value)).split())
    return [(one, texts.get(one.name, "")) for one in kind]


def _class_text(kind: type) -> str:
    return inspect.cleandoc(kind.__doc__ or "").replace("``", "`")


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cells).replace("``", "`") + " |" for cells in lines)


if __name__ == "__main__":
    sys.exit(main())
