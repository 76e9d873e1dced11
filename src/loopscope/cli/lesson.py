"""``loopscope lesson``: make lessons, and prove that they teach what they say."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loopscope.cli.json_document import print_document
from loopscope.cli.options import json_option

if TYPE_CHECKING:
    from loopscope.learn.proof.check_lesson import Proof


@click.group(short_help="Make lessons, and prove them.")
def command() -> None:
    """Make lessons, and prove that they teach what they say.

    A lesson is a folder: the belief it refutes, exercises in five levels, and their keys.
    """


@command.command()
@json_option("Print what was found as JSON.")
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folders: tuple[Path, ...], as_json: bool) -> None:
    """Prove the lessons in FOLDERS, or those that come with loopscope.

    Every starter must be refused for its reason, every key must pass in all worlds, and every
    wrong answer and program must get its own feedback. Runs the programs of the lessons. Exit
    code 1 means that something does not hold.
    """
    from loopscope.learn.lessons.shelf import find_lessons
    from loopscope.learn.proof.check_lesson import check_lesson

    proofs = []
    for folder in folders or find_lessons():
        for proof in check_lesson(folder):
            proofs.append(proof)
            if not as_json:
                _print(proof)
    broken = [proof for proof in proofs if not proof.holds]
    if as_json:
        rows = [{"exercise": p.exercise, "promise": p.promise, "wrong": p.wrong} for p in proofs]
        print_document({"holds": not broken, "proofs": rows})
    else:
        print(f"{len(proofs) - len(broken)} of {len(proofs)} promises hold.")
    sys.exit(1 if broken else 0)


@command.command()
@click.argument("folder", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Make a lesson in FOLDER to begin with: one exercise of each kind, ready to be checked."""
    from loopscope.learn.lessons.new_lesson import make_lesson

    make_lesson(folder)
    print(f"{folder} is a lesson now. Change it, and prove it: loopscope lesson check {folder}")


def _print(proof: "Proof") -> None:
    print(f"{'ok   ' if proof.holds else 'WRONG'}  {proof.exercise}: {proof.promise}")
    if proof.wrong:
        print(f"       {proof.wrong}")
