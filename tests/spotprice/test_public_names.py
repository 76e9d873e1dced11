"""``import spotprice`` is cheap, and gives every public name when it is asked for."""

import ast
import subprocess
import sys
from pathlib import Path
from typing import assert_type

import pytest

import spotprice
from spotprice import errors


def modules_after(statement: str) -> set[str]:
    """The modules that a statement loads in a new process."""
    code = f"import sys; before = set(sys.modules); {statement}; print(*set(sys.modules) - before)"
    command = [sys.executable, "-c", code]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_importing_it_loads_nothing_else() -> None:
    """Nothing slow is loaded, and nothing of its own, before a name is used."""
    loaded = modules_after("import spotprice")
    assert not loaded & {"aiohttp", "asyncio", "click", "dataclasses", "decimal", "rich", "ssl"}
    assert {name for name in loaded if name.startswith("spotprice")} == {"spotprice"}


def test_prices_and_consensus_need_no_network() -> None:
    """Words, exchanges and consensus can be used without aiohttp, and without asyncio."""
    names = "Quote, Symbol, EXCHANGES, Exchange, find_consensus, Tether, UsageError"
    assert not modules_after(f"from spotprice import {names}") & {"aiohttp", "asyncio"}


@pytest.mark.parametrize("name", spotprice.__all__)
def test_every_name_is_there(name: str) -> None:
    """Each public name can be had, also by ``from spotprice import *``, and is listed."""
    assert getattr(spotprice, name) is not None
    assert name in dir(spotprice)


def test_the_type_checker_sees_the_same_names() -> None:
    """What is imported for the type checker is exactly what there is at run time."""
    tree = ast.parse(Path(spotprice.__file__).read_text(encoding="utf-8"))
    imports = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("spotprice")
        for alias in node.names
    ]
    assert sorted(imports) == sorted(spotprice.__all__)


def test_every_error_is_public() -> None:
    """Whatever spotprice raises or returns as an error can be caught by a public name."""
    own = [name for name in vars(errors) if name.endswith("Error")]
    assert set(own) <= set(spotprice.__all__)
    assert all(getattr(spotprice, name) is getattr(errors, name) for name in own)


def test_types_are_kept() -> None:
    """A lazily imported name is as well known to mypy as one that is imported at once."""
    assert_type(spotprice.Symbol.parse("BTC-USD"), spotprice.Symbol)
    assert str(spotprice.Symbol.parse("btc/usd")) == "BTC-USD"


def test_other_names_are_an_attribute_error() -> None:
    """A name that does not exist is refused in Python's own words."""
    with pytest.raises(AttributeError, match="module 'spotprice' has no attribute 'nothing'"):
        spotprice.nothing  # type: ignore[attr-defined]  # noqa: B018
