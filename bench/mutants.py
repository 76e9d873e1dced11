"""Mutants of every key of the lessons: each must be refused, or it is explained why it is none.

python bench/mutants.py [--diffs] [EXERCISE ...]

A mutant is the key with one small fault, made by mutmut. One that passes shows a trial that does
not look closely enough, unless it does the same as the key. Those that pass are explained beside
the key, in mutants.toml: by the function they are in (``in = "main"``), or by what their line
becomes (``becomes = ["...", ...]``), each with its ``why``.
"""

import contextlib
import difflib
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from libcst import Module, ensure_type
from mutmut.mutation.file_mutation import create_mutations

from loopscope.learn.lessons.model import Exercise
from loopscope.learn.lessons.read_lesson import read_lesson
from loopscope.learn.lessons.shelf import find_lessons
from loopscope.learn.trials.grade import Grade, grade_all

ROOT = Path(__file__).parents[1]
FEWEST = 10
AT_ONCE = 8  # in one process, which has a time limit
EXPLAINED = "mutants.toml"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A key with a fault. ``function`` is where it is, "" for no function; ``line`` is new."""

    code: str
    function: str
    line: str


def main(chosen: list[str], *, shows: bool) -> int:
    """Grade the mutants of every key; exit code 1 for too few, or one that nobody explains."""
    holds = True
    print(f"{'':<40}{'mutants':>8}{'refused':>9}{'explained':>11}{'alive':>7}")
    for exercise in exercises():
        name = f"{exercise.folder.parent.name}/{exercise.id}"
        if chosen and exercise.id not in chosen:
            continue
        mutants = mutants_of(exercise)
        passing = [one for one, given in graded(exercise, mutants) if given.passes]
        alive = [one for one in passing if not explanation(exercise, one)]
        explained = len(passing) - len(alive)
        refused = len(mutants) - len(passing)
        print(f"{name:<40}{len(mutants):>8}{refused:>9}{explained:>11}{len(alive):>7}", flush=True)
        for one in passing if shows else alive:
            print(f"    in {one.function or 'the module'}: {one.line}", flush=True)
        holds &= not alive and len(mutants) >= FEWEST
    print(
        "holds" if holds else "MISSED", f"(bar: {FEWEST} of every key, each that passes explained)"
    )
    return 0 if holds else 1


def exercises() -> Iterator[Exercise]:
    """Give the exercises of the catalogue that have a key."""
    for folder in find_lessons():
        yield from (one for one in read_lesson(folder).exercises if one.key is not None)


def mutants_of(exercise: Exercise) -> list[Mutant]:
    """Return all mutants of a key, each once."""
    key = exercise.key or exercise.program
    code = key.read_text("utf-8")
    with contextlib.chdir(ROOT):  # mutmut wants to see a project
        module, mutations, *_ = create_mutations(str(key), code)
    found = {}
    for one in mutations:
        mutated = ensure_type(module.deep_replace(one.original_node, one.mutated_node), Module).code
        around = one.contained_by_top_level_function
        found[mutated] = Mutant(
            mutated, around.name.value if around is not None else "", new_line(code, mutated)
        )
    return list(found.values())


def new_line(before: str, after: str) -> str:
    """Return the lines of a text that another one has not, as one."""
    pairs = difflib.ndiff(before.splitlines(), after.splitlines())
    return " ".join(line[2:].strip() for line in pairs if line.startswith("+ "))


def graded(exercise: Exercise, mutants: list[Mutant]) -> Iterator[tuple[Mutant, Grade]]:
    """Grade mutants, some in one process."""
    for first in range(0, len(mutants), AT_ONCE):
        some = mutants[first : first + AT_ONCE]
        with tempfile.TemporaryDirectory(prefix="mutants-") as directory:
            files = [Path(directory, f"mutant_{number}.py") for number in range(len(some))]
            for file, mutant in zip(files, some, strict=True):
                file.write_text(mutant.code, "utf-8")
            yield from zip(some, grade_all(exercise, files), strict=True)


def explanation(exercise: Exercise, mutant: Mutant) -> str:
    """Return why a mutant may pass, "" if nobody says."""
    file = exercise.folder / EXPLAINED
    table = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    for entry in table.get("passes", []):
        if entry.get("in") == mutant.function or mutant.line in entry.get("becomes", ()):
            return str(entry["why"])
    return ""


if __name__ == "__main__":
    sys.exit(main([one for one in sys.argv[1:] if one != "--diffs"], shows="--diffs" in sys.argv))
