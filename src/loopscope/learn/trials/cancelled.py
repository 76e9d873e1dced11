"""Cancels every task of a learner's program wherever it waits: each cancellation must come out."""

import shutil
import tempfile
from pathlib import Path
from typing import Final

from loopscope.check.pieces import Plan, outcomes_of
from loopscope.check.program import Program
from loopscope.check.promises import Promises
from loopscope.check.surroundings import Surroundings
from loopscope.learn.lessons.model import Trial

_CALLER: Final = """\
import asyncio
import inspect

import {module} as program

value = eval({call!r}, vars(program))
if inspect.iscoroutine(value):
    asyncio.run(value)
"""


def not_cancelled(file: Path, base: Path, trial: Trial) -> str:
    """Return what is wrong with how a program takes a cancellation, "" if nothing is.

    Args:
        file: The program.
        base: Where the modules are that it imports.
        trial: What is called, and in which world.
    """
    with tempfile.TemporaryDirectory(prefix="loopscope-") as directory:
        folder = Path(directory)
        for module in base.glob("*.py"):
            shutil.copyfile(module, folder / module.name)
        own = folder / file.name
        shutil.copyfile(file, own)
        if trial.call:
            caller = folder / f"call_{file.name}"
            caller.write_text(_CALLER.format(module=file.stem, call=trial.call))
            own = caller
        setting = trial.setting
        surroundings = Surroundings(setting.world, costs=setting.costs, cpus=setting.cpus)
        program = Program(own.name, str(own), directory, (own.name,), surroundings=surroundings)
        for outcome in outcomes_of(Plan(program, Promises(), cancels=True), seed=0):
            if outcome.broken:
                return outcome.broken.replace(f"{directory}/", "")
    return ""
