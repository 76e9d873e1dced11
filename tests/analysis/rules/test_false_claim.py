"""false-claim: texts that the run refutes, and texts that only look like it."""

from pathlib import Path

import pytest
from tests.analysis.rules.simulated import findings, told

PROGRAM = """\
async def load(name):
    await asyncio.sleep(0.2)
    return name

async def report():
    # COMMENT
BODY

asyncio.run(report())
"""
IN_TURN = '    await load("a")\n    await load("b")'
TOGETHER = '    await asyncio.gather(load("a"), load("b"))'
LOOP = "    for name in 'abc':\n        await load(name)"
COMPREHENSION = "    return [await load(name) for name in 'abc']"
PAUSES = "    for _ in range(3):\n        await asyncio.sleep(0.1)"
BATCHES = '    for _ in range(2):\n        await asyncio.gather(load("a"), load("b"))'
HELD = "    time.sleep(0.1)\n    await load('a')"
THREAD = "    await asyncio.to_thread(time.sleep, 0.1)"


@pytest.mark.parametrize(
    ("comment", "body", "against"),
    [
        ("Both run in parallel.", IN_TURN, "one thing after the other: 200 ms at line 9"),
        ("The two are loaded concurrently.", IN_TURN, "then 200 ms at line 10"),
        ("Runs on several cores.", IN_TURN, "ran on the thread of the event loop"),
        ("Each await runs on a separate thread.", IN_TURN, "ran on the thread of the event loop"),
        ("The thread pool does it.", HELD, "held it for 100 ms"),
        ("All are loaded concurrently.", LOOP, "3 rounds at line 10, 600 ms in all"),
        ("Loads them in parallel.", COMPREHENSION, "3 rounds at line 9, 600 ms in all"),
    ],
)
def test_a_claim_that_the_run_refutes(
    tmp_path: Path, comment: str, body: str, against: str
) -> None:
    """The text is quoted, with what the run shows against it, at the line of the text."""
    program = PROGRAM.replace("COMMENT", comment).replace("BODY", body)
    [one] = [one for one in findings(tmp_path, program) if one.rule == "false-claim"]
    assert one.where.line == 8
    assert f'"{comment}"' in one.message
    assert against in str(one.evidence["against"])


@pytest.mark.parametrize(
    ("comment", "body"),
    [
        ("Both run in parallel.", TOGETHER),
        ("Both run at the same time.", TOGETHER),
        ("Not in parallel: the second needs the first.", IN_TURN),
        ("They could run in parallel.", IN_TURN),
        ("At most two at the same time.", IN_TURN),
        ("In a thread, so that the loop goes on.", THREAD),
        ("Loads the two.", IN_TURN),
        ("Runs concurrently with the others.", LOOP),
        ("The dots come at the same time as the pages.", PAUSES),
        ("The dots are printed concurrently.", PAUSES),
        ("Loads each batch in parallel.", BATCHES),
        ("Loads them in parallel.", "    for name in 'a': await load(name)"),
    ],
)
def test_a_claim_that_holds_or_is_none(tmp_path: Path, comment: str, body: str) -> None:
    """What is true, denied, wished for or limited is left alone."""
    program = PROGRAM.replace("COMMENT", comment).replace("BODY", body)
    assert [rule for rule, _ in told(tmp_path, program) if rule == "false-claim"] == []


def test_a_docstring_speaks_of_its_function(tmp_path: Path) -> None:
    """A docstring is taken for the whole function, at the line where the words stand."""
    program = PROGRAM.replace("# COMMENT", '"""Load.\n\n    Runs in parallel.\n    """')
    [one] = [
        one
        for one in findings(tmp_path, program.replace("BODY", IN_TURN))
        if one.rule == "false-claim"
    ]
    assert one.where.line == 10
    assert one.message.startswith('The docstring says "Runs in parallel."')


def test_tasks_that_a_library_makes_for_one_call_are_its_own_affair(tmp_path: Path) -> None:
    """Connecting takes httpx tasks of its own; two requests in turn are in turn all the same."""
    program = """\
import httpx

async def page(client):
    # Both are loaded concurrently.
    first = await client.get("http://a.test/", timeout=9)
    second = await client.get("http://b.test/", timeout=9)
    return first, second

async def main():
    async with httpx.AsyncClient() as client:
        await page(client)

asyncio.run(main())
"""
    rules = {rule for rule, _ in told(tmp_path, program, "--latency", "100ms")}
    assert "false-claim" in rules
