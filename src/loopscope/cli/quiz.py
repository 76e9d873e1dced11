"""``loopscope quiz``: questions about any asyncio program, marked by its simulated run."""

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from loopscope.cli.json_document import print_document
from loopscope.cli.options import json_option, world_option
from loopscope.errors import UsageError

if TYPE_CHECKING:
    from loopscope.learn.quiz.posed import Posed

USUAL_COUNT: Final = 6


@click.command(
    context_settings={"allow_interspersed_args": False}, short_help="Be asked what a program does."
)
@click.option(
    "--count", type=click.IntRange(1), default=USUAL_COUNT, show_default=True, help="How many."
)
@click.option("--all", "all_", is_flag=True, help="Ask all that the run has an answer to.")
@json_option("Print questions and answers as JSON.")
@world_option
@click.option("--real", is_flag=True, help="Run it really, once, instead of simulating it.")
@click.argument("script", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(  # noqa: PLR0913  (one for each option)
    *,
    script: Path,
    arguments: tuple[str, ...],
    world: Path | None,
    count: int,
    all_: bool,
    real: bool,
    as_json: bool,
) -> None:
    """Be asked what SCRIPT does, then see what it did.

    SCRIPT is any asyncio program. It is run in a simulated world first, where hosts that nobody
    described answer after 100 ms; the answers come from that run. Exit code 1 means that an answer
    was wrong.
    """
    from loopscope.learn.quiz.choose import choose
    from loopscope.learn.quiz.document import quiz_document
    from loopscope.learn.quiz.make import make_quiz, study_for_quiz, study_really

    if real and world is not None:
        raise UsageError(
            "--world describes a simulated run, and --real asks for a real one: leave one out.",
            slug="quiz-options",
        )
    with tempfile.TemporaryDirectory(prefix="loopscope-") as directory:
        trace = Path(directory) / "run.loopscope"
        if real:
            studied = study_really(script, trace, arguments)
        else:
            studied = study_for_quiz(script, trace, arguments, world)
    posed = make_quiz(studied)
    if not posed:
        raise UsageError(
            f"There is nothing to ask about {script}: it prints nothing, and runs no event loop.",
            slug="quiz-nothing",
        )
    chosen = posed if all_ else choose(posed, count)
    if as_json:
        print_document(quiz_document(chosen))
        return
    sys.exit(0 if _ask(chosen) else 1)


def _ask(posed: list["Posed"]) -> bool:
    """Ask, then show all answers; return whether they were right."""
    from loopscope.cli.output import make_console
    from loopscope.learn.beliefs import BELIEFS
    from loopscope.learn.terminal.asking import ask_all, show_answers
    from loopscope.learn.terminal.talk import Leaving, Terminal

    talk = Terminal(*make_console(sys.stdout))
    talk.say("Answer all questions; then see what the run says. Leave with q.", "dim")
    try:
        marked = ask_all(talk, [one.question for one in posed])
    except (Leaving, KeyboardInterrupt):
        talk.say()
        return False
    show_answers(talk, marked, BELIEFS)
    right = sum(one.is_right for one in marked)
    talk.say()
    talk.say(f"{right} of {len(marked)} are right.", "bold")
    return right == len(marked)
