"""Makes a quiz from a run of a program, simulated if it can be."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from loopscope.learn.facts.studied import Studied, study
from loopscope.learn.quiz.changes import about_changes
from loopscope.learn.quiz.moments import about_next, about_states
from loopscope.learn.quiz.output_lines import about_end, about_output
from loopscope.learn.quiz.posed import Posed, pose
from loopscope.learn.quiz.whole_run import about_lines, about_numbers, about_totals

_MAKERS: Final = (
    about_totals,
    about_output,
    about_numbers,
    about_lines,
    about_next,
    about_states,
    about_changes,
    about_end,
)


def make_quiz(studied: Studied) -> list[Posed]:
    """Return all questions that a run has an answer to; none if it does nothing at all."""
    if not studied.summary.loops and not studied.printed:
        return []
    drafts = [draft for maker in _MAKERS for draft in maker(studied)]
    posed = (pose(draft, studied) for draft in drafts)
    return [one for one in posed if one is not None]


def study_for_quiz(
    file: Path, trace: Path, arguments: Sequence[str] = (), world: Path | None = None
) -> Studied:
    """Simulate a program as its quiz needs it.

    Computing is charged only where it holds the loop: elsewhere it would make every time a little
    longer than a person can predict. It finds as many processors as this machine has.

    Args:
        file: The program.
        trace: Where the recording goes.
        arguments: The program's own.
        world: A world file with the hosts it talks to; all others answer after 100 ms.

    Raises:
        LessonError: It leaves no recording.
    """
    machine = [
        "--latency=100ms",
        f"--cpus={os.cpu_count() or 1}",
        *([] if world is None else [f"--world={world}"]),
    ]
    measured = study(file, trace, options=machine, arguments=arguments)
    if any(stall.kind == "computing" for stall in measured.summary.stalls):
        return measured
    return study(file, trace, options=[*machine, "--cost=none"], arguments=arguments)


def study_really(file: Path, trace: Path, arguments: Sequence[str] = ()) -> Studied:
    """Run a program once, for real, where it cannot be simulated.

    Raises:
        LessonError: It leaves no recording.
    """
    return study(file, trace, verb="run", arguments=arguments)
