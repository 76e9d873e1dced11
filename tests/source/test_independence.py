"""Which awaits may run together: forty that may, or secretly may not."""

import re
from pathlib import Path

import pytest

from loopscope.source.independence.decide import why
from loopscope.source.independence.verdict import Level, Verdict
from loopscope.source.project import Project

SNIPPETS = Path(__file__).parent / "snippets"
LIKELY_SHARE = 0.8


def _read(name: str) -> dict[str, str]:
    parts = re.split(r"^### (\w+)$", (SNIPPETS / name).read_text(), flags=re.MULTILINE)
    return {
        title: code.strip() + "\n" for title, code in zip(parts[1::2], parts[2::2], strict=True)
    }


INDEPENDENT = _read("independent.txt")
DEPENDENT = _read("dependent.txt")


def _decided(code: str) -> Verdict:
    lines = [number for number, line in enumerate(code.splitlines(), 1) if line.endswith("# <-")]
    return why(Project({"snippet.py": code}), "snippet.py", lines[0], lines[-1])


@pytest.mark.parametrize("name", DEPENDENT)
def test_awaits_that_need_their_order_are_never_called_independent(name: str) -> None:
    """Whatever hides the dependence, the level stays below `likely`."""
    verdict = _decided(DEPENDENT[name])
    assert verdict.level < Level.LIKELY, verdict
    assert verdict.reason


def test_most_independent_awaits_are_recognised() -> None:
    """Careful is easy if one always says no: most of what may run together is `likely`."""
    levels = {name: _decided(code).level for name, code in INDEPENDENT.items()}
    likely = [name for name, level in levels.items() if level is Level.LIKELY]
    assert len(likely) >= LIKELY_SHARE * len(levels), levels


def test_what_a_comprehension_waits_for_before_its_first_item_is_no_await_of_each() -> None:
    """Results that are gathered already are gone through, not waited for."""
    code = (
        "import asyncio\n\n\n"
        "async def load(x):\n    await asyncio.sleep(1)\n    return x\n\n\n"
        "async def subject(xs):\n"
        "    return [x + 1 for x in await asyncio.gather(*(load(x) for x in xs))]  # <-\n"
    )
    assert _decided(code).candidate is None
