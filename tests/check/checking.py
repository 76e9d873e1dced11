"""Programs to check: those of the tests, and those that a test writes."""

from pathlib import Path
from textwrap import dedent

from loopscope.check.program import Program
from loopscope.check.surroundings import Surroundings

BUGS = Path(__file__).parent / "bugs"
NAMES = (
    "lost_update",
    "cache_stampede",
    "lock_order",
    "cancellation_leak",
    "missed_wakeup",
    "timeout_against_result",
    "unbounded_queue",
    "ordered_gather",
)


def bug(name: str, *, is_fixed: bool = False) -> Program:
    """Return one of the programs with a bug, or its fixed twin."""
    return script(BUGS / f"{name}{'_fixed' if is_fixed else ''}.py", BUGS / f"{name}.toml")


def script(path: Path, world: Path | None = None) -> Program:
    """Return a script in a world."""
    return Program(
        path.name, str(path), str(path.parent), (path.name,), surroundings=Surroundings(world)
    )


def written(directory: Path, source: str, world: str | None = None) -> Program:
    """Write a script and its world, and return it."""
    path = directory / "app.py"
    path.write_text(dedent(source))
    if world is not None:
        (directory / "world.toml").write_text(dedent(world))
    return script(path, None if world is None else directory / "world.toml")
