"""What a program draws without a seed of its own comes from the seed of the simulation."""

import importlib
import os
import random
import secrets
import ssl
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from random import random as draw
from random import seed as reseed
from typing import Any

import pytest
from tests.simulator.patches.runs import outcome

DRAWS: dict[str, Callable[[], object]] = {
    "random": draw,
    "shuffle": lambda: random.sample(range(100), 5),
    "gauss": lambda: random.gauss(0, 1),
    "Random()": lambda: random.Random().random(),
    "SystemRandom": lambda: random.SystemRandom().random(),
    "random.seed()": lambda: (reseed(), draw()),
    "uuid4": uuid.uuid4,
    "uuid1": uuid.uuid1,
    "os.urandom": lambda: os.urandom(8),
    "os.getrandom": lambda: os.getrandom(8),
    "secrets.token_hex": secrets.token_hex,
    "secrets.randbelow": lambda: secrets.randbelow(10**9),
    "ssl.RAND_bytes": lambda: ssl.RAND_bytes(8),
}
"""Ways to draw."""


def drawn_names() -> list[str]:
    """Return the names of two temporary files."""
    with tempfile.NamedTemporaryFile() as one, tempfile.NamedTemporaryFile() as other:
        return [Path(one.name).name, Path(other.name).name]


@pytest.mark.parametrize("way", DRAWS)
def test_the_seed_decides(way: str) -> None:
    """The same seed draws the same, twice in a row differently, and another seed differently."""

    def program() -> list[str]:
        return [str(DRAWS[way]()), str(DRAWS[way]())]

    first = outcome(program, seed=1)
    assert outcome(program, seed=1) == first
    assert first[0] != first[1]
    assert outcome(program, seed=2) != first


def test_temporary_files_have_the_same_names() -> None:
    """The names of temporary files are drawn as well."""
    first = outcome(drawn_names, seed=1)
    assert outcome(drawn_names, seed=1) == first
    assert outcome(drawn_names, seed=2) != first
    assert drawn_names() != first


def test_other_processes_draw_the_same() -> None:
    """Whatever was drawn when the process began, and whatever the hashes of its strings are."""
    program = (
        "from tests.simulator.patches import test_randomness as tests\n"
        "from tests.simulator.patches.runs import outcome\n"
        "print(outcome(lambda: [str(draw()) for draw in tests.DRAWS.values()]))\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
    assert eval(printed.pop()) == outcome(  # noqa: S307 - a list of strings
        lambda: [str(way()) for way in DRAWS.values()]
    )


def test_seeds_of_the_program_hold() -> None:
    """A generator that is seeded gives what it gives without a simulation."""

    def program() -> list[float]:
        random.seed(7)
        return [draw(), random.Random(8).random(), random.Random("x").random()]

    state = random.getstate()
    expected = program()
    random.setstate(state)
    assert outcome(program) == expected


def test_the_shared_generator_goes_on_as_before() -> None:
    """A simulation takes nothing from the generator of the test runner."""
    random.seed(5)
    expected = [draw(), draw()]
    random.seed(5)
    drawn = [draw()]
    outcome(lambda: [draw() for _ in range(10)])
    assert [*drawn, draw()] == expected


def test_wrong_arguments_raise_what_they_raise() -> None:
    """As without a simulation."""
    with pytest.raises(ValueError, match="negative argument not allowed"):
        outcome(lambda: os.urandom(-1))
    with pytest.raises(TypeError):
        outcome(lambda: random.Random([]))  # type: ignore[arg-type]


def test_uuids_of_one_moment_differ() -> None:
    """They are drawn at one virtual time, and yet are valid, distinct and ordered by time."""
    drawn = outcome(lambda: [uuid.uuid1() for _ in range(100)])
    assert len(set(drawn)) == 100
    assert {(one.version, one.variant, one.node) for one in drawn} == {
        (1, uuid.RFC_4122, drawn[0].node)
    }
    times = [one.time for one in drawn]
    assert times == sorted(times)
    assert drawn[0].node >> 40 & 1  # marked as drawn, not as a network card's


def test_what_imports_draw_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first run, which imports a module, goes on with the same numbers as the second."""
    (tmp_path / "drawing_module.py").write_text("import os\nTOKEN = os.urandom(8)\n")
    monkeypatch.syspath_prepend(tmp_path)

    def program() -> Any:
        module = importlib.import_module("drawing_module")
        return module.TOKEN, os.urandom(8)

    try:
        first, second = outcome(program), outcome(program)
    finally:
        sys.modules.pop("drawing_module", None)
    assert first == second
    assert first[0] != first[1]


def test_numpy_s_generator_is_seeded_too() -> None:
    """The shared one, whether numpy is loaded inside or was before, and new ones."""
    program = (
        "import sys\n"
        "from tests.simulator.patches.runs import outcome\n"
        "def drawn():\n"
        "    import numpy\n"
        "    return float(numpy.random.rand()), float(numpy.random.default_rng().random())\n"
        "assert 'numpy' not in sys.modules\n"
        "runs = [outcome(drawn) for _ in range(2)]\n"
        "import numpy\n"
        "numpy.random.seed(3)\n"
        "expected = numpy.random.rand(2)\n"
        "numpy.random.seed(3)\n"
        "kept = [numpy.random.rand(), outcome(drawn), numpy.random.rand()]\n"
        "assert [kept[0], kept[2]] == list(expected)\n"
        "print(len({*runs, kept[1]}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert done.stdout == "1\n"
