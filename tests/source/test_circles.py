"""Functions that call each other, and what is known of them all in one go."""

import pytest

from loopscope.source.independence.circles import circles
from loopscope.source.independence.decide import decide_all, why
from loopscope.source.independence.summaries import Summaries
from loopscope.source.independence.verdict import Level
from loopscope.source.project import Project

MANY = 60


def _everybody_calls_everybody(count: int) -> str:
    names = [f"step_{number}" for number in range(count)]
    calls = "\n".join(f"    await {name}(key)" for name in names)
    bodies = [f"async def {name}(key):\n{calls}\n" for name in names]
    return "\n".join(bodies)


def test_callees_come_before_their_callers_and_circles_together() -> None:
    """One calls two others, which call each other; the last is called by one of them."""
    project = Project({"m.py": "def a(): b(); c()\ndef b(): c()\ndef c(): b(); d()\ndef d(): pass"})
    of = {name: project.functions[f"m.py:{name}"] for name in "abcd"}
    calls = {"a": "bc", "b": "c", "c": "bd", "d": ""}
    order = circles(of["a"], lambda function: [of[name] for name in calls[function.name]])
    assert [{one.name for one in circle} for circle in order] == [{"d"}, {"b", "c"}, {"a"}]


def test_functions_that_all_call_each_other_are_looked_at_a_few_times_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The work grows with the calls in the source, not with the ways through them."""
    looked: list[object] = []
    once = Summaries._once

    def counted(self: Summaries, function: object) -> object:
        looked.append(function)
        return once(self, function)  # type: ignore[arg-type]

    monkeypatch.setattr(Summaries, "_once", counted)
    list(decide_all(Project({"m.py": _everybody_calls_everybody(MANY)})))
    assert MANY <= len(looked) <= MANY * 6


def test_what_a_circle_changes_far_away_is_seen() -> None:
    """Neither function of the circle changes anything by itself, what the second calls does."""
    code = (
        "seen = []\n"
        "async def ping(n):\n    await pong(n)\n"
        "async def pong(n):\n    await ping(n - 1)\n    await note(n)\n"
        "async def note(n):\n    await ask(n)\n    seen.append(n)\n"
        "async def both():\n    await ping(1)\n    await ping(2)\n"
    )
    verdict = why(Project({"m.py": code}), "m.py", 10, 11)
    assert verdict.level is Level.NO
    assert "`seen`" in verdict.reason


def test_code_with_its_hands_in_everything_is_a_question() -> None:
    """Where more objects are touched than are kept, nothing is said for sure."""
    body = "\n".join(f"    found.append(box.part_{number}.value)" for number in range(500))
    code = "import asyncio\nasync def all_of(box):\n    found = []\n    await asyncio.sleep(1)\n"
    code += f"{body}\n    return found\nasync def two(a, b):\n"
    code += "    x = await all_of(a)\n    y = await all_of(b)\n    return x, y\n"
    last = code.count("\n")
    verdict = why(Project({"m.py": code}), "m.py", last - 2, last - 1)
    assert verdict.level is Level.ASK
    assert any("calls so much code" in step.sentence for step in verdict.steps)


def test_parts_of_parts_that_a_circle_hands_on_stay_few() -> None:
    """Each way up a tree is another path; beyond a depth and a number they are given up."""
    sides = ("a", "b", "c", "d")
    code = "class Node:\n"
    code += "    async def climb_up(self):\n        self.count += 1\n"
    code += "".join(f"        await self.{side}.step_up()\n" for side in sides)
    code += "    async def step_up(self):\n"
    code += "".join(f"        await self.{side}.climb_up()\n" for side in sides)
    project = Project({"m.py": code})
    effects = Summaries(project).of_function(project.functions["m.py:Node.climb_up"])
    assert effects.is_vast
    assert not effects.writes
