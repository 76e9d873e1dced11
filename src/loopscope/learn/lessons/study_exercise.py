"""Runs the program of an exercise in the exercise's own world."""

from pathlib import Path

from loopscope.learn.facts.studied import Studied, study
from loopscope.learn.lessons.model import Exercise, Setting


def study_exercise(exercise: Exercise, program: Path, trace: Path) -> Studied:
    """Run a program in the world of an exercise.

    Raises:
        LessonError: It leaves no recording.
    """
    return study(program, trace, options=simulate_options(exercise.setting))


def simulate_options(setting: Setting) -> list[str]:
    """Return the options of ``loopscope simulate`` that make a setting."""
    options = [f"--cpus={setting.cpus}", *(f"--cost={cost}" for cost in setting.costs)]
    return options if setting.world is None else [*options, f"--world={setting.world}"]
