"""polling, pointless-async and shared-connection, with the run in view."""

from pathlib import Path

import pytest
from tests.analysis.rules.simulated import findings, told

from loopscope.model.finding import Confidence

POLL = """\
class Job:
    done = False

async def work(job):
    await asyncio.sleep(0.5)
    job.done = True

async def wait(job):
BODY

async def main():
    job = Job()
    await asyncio.gather(work(job), wait(job))

asyncio.run(main())
"""

COUNTING = """\
    n = 0
    while not job.done and n < 9:
        n += 1
        await asyncio.sleep(0.1)"""


@pytest.mark.parametrize(
    "body",
    [
        "    while not job.done:\n        await asyncio.sleep(0.1)",
        "    while 1:\n        if job.done:\n            break\n        await asyncio.sleep(0.1)",
        "    while not job.done:\n        await asyncio.sleep(0)",
        COUNTING,
        "    while not job.done and time.monotonic() < 99:\n        await asyncio.sleep(0.1)",
    ],
    ids=["condition", "break", "spinning", "so many times", "so long"],
)
def test_sleeping_and_looking_is_counted(tmp_path: Path, body: str) -> None:
    """A loop that only sleeps and looks is told with how often it woke up."""
    [one] = findings(tmp_path, POLL.replace("BODY", body))
    assert (one.rule, one.confidence) == ("polling", Confidence.SEEN)
    wakes = one.evidence["wakes"]
    assert isinstance(wakes, int)
    assert wakes >= 5


@pytest.mark.parametrize(
    "body",
    [
        "    while not job.done:\n        print('beat')\n        await asyncio.sleep(0.1)",
        "    for _ in range(5):\n        await asyncio.sleep(0.1)",
        "    n = 0\n    while n < 5:\n        n += 1\n        await asyncio.sleep(0.1)",
        "    while time.monotonic() < 0.5:\n        await asyncio.sleep(0.1)",
    ],
    ids=["heartbeat", "fixed number", "counter", "clock"],
)
def test_work_now_and_then_is_no_polling(tmp_path: Path, body: str) -> None:
    """A loop that works, counts or keeps to a clock does not look for somebody else's change."""
    assert told(tmp_path, POLL.replace("BODY", body)) == []


def test_concurrency_that_brings_nothing(tmp_path: Path) -> None:
    """Gathers of what never waits, of one alone, and results sent to a thread."""
    program = """\
def shout(text):
    return text.upper()

async def cached(name):
    return name

async def waited():
    await asyncio.sleep(0.1)

async def main():
    await asyncio.gather(cached("a"), cached("b"))
    await asyncio.gather(waited())
    try:
        await asyncio.to_thread(shout("text"))
    except TypeError:
        pass
    await asyncio.gather(waited(), cached("a"))
    await asyncio.to_thread(shout, "text")

asyncio.run(main())
"""
    assert told(tmp_path, program) == [
        ("pointless-async", 'await asyncio.gather(cached("a"), cached("b"))'),
        ("pointless-async", "await asyncio.gather(waited())"),
        ("pointless-async", 'await asyncio.to_thread(shout("text"))'),
    ]


def test_readers_of_one_stream(tmp_path: Path) -> None:
    """Two tasks that read one stream are told with what the stream said to one of them."""
    program = """\
async def line(reader):
    return await reader.readline()

async def serve(reader, writer):
    await asyncio.sleep(0.1)
    writer.close()

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 8000)
    reader, writer = await asyncio.open_connection("127.0.0.1", 8000)
    await asyncio.gather(line(reader), line(reader), return_exceptions=True)
    writer.close()
    server.close()

asyncio.run(main())
"""
    [one] = [one for one in findings(tmp_path, program) if one.rule == "shared-connection"]
    assert (one.where.line, one.confidence) == (13, Confidence.SEEN)
    assert "another coroutine is already waiting" in str(one.evidence["error"])
