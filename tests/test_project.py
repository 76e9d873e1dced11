"""The rules of the source tree that no linter knows."""

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

from spotprice import errors

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("loopscope", "spotprice")
MODULES = sorted(path for name in PACKAGES for path in (ROOT / "src" / name).rglob("*.py"))

MAX_FILE_LINES = 600
MAX_FUNCTION_LINES = 50

# Functions that may be longer: "path from src:qualified name" -> the reason.
LONG_FUNCTIONS: dict[str, str] = {}

# Everything that an installed loopscope or its tests bring along, by the name it is imported under.
THIRD_PARTY = ("aiohttp", "click", "numpy", "rich")

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def where(path: Path) -> str:
    """Name a module the way a person would look for it."""
    return path.relative_to(ROOT / "src").as_posix()


def parse(path: Path) -> ast.Module:
    """Read one module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def is_module(package: str, name: str) -> bool:
    """Tell a module of a package from a name defined in its root."""
    inside = ROOT / "src" / package / name
    return inside.with_suffix(".py").exists() or (inside / "__init__.py").exists()


def imports_root(node: ast.AST) -> bool:
    """Tell an import that needs a package's root to be complete."""
    if isinstance(node, ast.Import):
        return any(alias.name in PACKAGES for alias in node.names)
    if isinstance(node, ast.ImportFrom) and node.module in PACKAGES:
        return not all(is_module(node.module, alias.name) for alias in node.names)
    return False


def functions(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, FunctionNode]]:
    """Walk through every function with its qualified name, nested ones included."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            name = f"{prefix}{child.name}"
            if not isinstance(child, ast.ClassDef):
                yield name, child
            yield from functions(child, f"{name}.")
        else:
            yield from functions(child, prefix)


def code_lines(source: str) -> set[int]:
    """Number the lines that hold code: no blank lines, no comments, no docstrings."""
    layout = (
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    )
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in layout:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            lines.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def literal_slugs(node: ast.AST) -> Iterator[str]:
    """Find the text given as ``slug=`` in a call, whichever way an inline ``if`` goes.

    The default of a field of that name counts, too.
    """
    value = node.value if isinstance(node, ast.keyword | ast.AnnAssign) else None
    is_field = isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "slug"
    if is_field or (isinstance(node, ast.keyword) and node.arg == "slug"):
        branches = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
        for branch in branches:
            if isinstance(branch, ast.Constant) and isinstance(branch.value, str):
                yield branch.value


def test_the_tree_is_where_the_tests_look() -> None:
    """The other tests of this file have something to read."""
    assert all(ROOT / "src" / name / "errors.py" in MODULES for name in PACKAGES)


def test_no_module_imports_the_package_root() -> None:
    """Nothing inside imports the root, which imports everything: that alone would be a cycle."""
    found = [
        f"{where(path)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Import | ast.ImportFrom) and imports_root(node)
    ]
    assert found == []


def test_files_are_short() -> None:
    """A file of more than 600 lines holds more than one thing."""
    sizes = {where(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: size for name, size in sizes.items() if size > MAX_FILE_LINES} == {}


def test_functions_are_short() -> None:
    """A function has at most 50 lines of code, unless it is listed here with its reason."""
    found: dict[str, int] = {}
    for path in MODULES:
        lines = code_lines(path.read_text(encoding="utf-8"))
        for name, node in functions(parse(path)):
            size = len(lines & set(range(node.lineno, (node.end_lineno or node.lineno) + 1)))
            if size > MAX_FUNCTION_LINES:
                found[f"{where(path)}:{name}"] = size
    assert {name: size for name, size in found.items() if name not in LONG_FUNCTIONS} == {}
    assert sorted(LONG_FUNCTIONS) == sorted(name for name in found if name in LONG_FUNCTIONS)


def test_every_module_says_what_it_is_for() -> None:
    """Every module begins with a docstring: its job in one sentence."""
    assert [where(path) for path in MODULES if not ast.get_docstring(parse(path))] == []


def headings(page: str) -> list[str]:
    """Return the second-level headings of a page of the documentation, sorted."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return sorted(re.findall(r"^## `?([^`\n]+?)`?$", text, flags=re.MULTILINE))


def test_every_slug_is_explained_and_every_explanation_is_used() -> None:
    """The slugs of the errors in the source are the headings of docs/messages.md."""
    used = {
        slug
        for path in MODULES
        if "spotprice" not in path.parts
        for node in ast.walk(parse(path))
        for slug in literal_slugs(node)
    }
    assert headings("messages.md") == sorted(used)


def test_every_error_of_spotprice_is_explained() -> None:
    """The slugs of spotprice's error classes are the headings of their page."""
    classes = [one for one in vars(errors).values() if isinstance(one, type)]
    used = {one.slug for one in classes if issubclass(one, errors.SpotpriceError) if one.slug}
    assert headings("spotprice-messages.md") == sorted(used)


def test_the_recorder_brings_no_other_package_into_the_users_process() -> None:
    """The recorder and the trace writer load nothing but the standard library and themselves."""
    program = (
        "import sys, loopscope.recorder, loopscope.trace.writer\n"
        f"print([name for name in {THIRD_PARTY!r} if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (answer.stdout.strip(), answer.stderr) == ("[]", "")
