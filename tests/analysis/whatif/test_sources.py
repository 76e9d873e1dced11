"""What is read from recorded source: loops, locks and hosts; hostile source is read as nothing."""

import pytest

from loopscope.analysis.whatif.blocks import Block, find_blocks
from loopscope.analysis.whatif.host_names import hosts_in
from loopscope.analysis.whatif.loops import LoopsOfSource

SOURCE = """\
import asyncio

async def one():
    lock = asyncio.Lock()
    async with lock:
        await work()

class Pool:
    def __init__(self):
        self._slots = asyncio.Semaphore(3)

    async def use(self):
        async with self._slots, other():
            for item in items:
                await work()
"""


def test_blocks_know_what_they_enter_and_its_size() -> None:
    """A lock lets in one, a semaphore its number, anything else is not known."""
    assert find_blocks({"app.py": SOURCE})["app.py"] == [
        Block("app.py", 6, 6, "lock", 1, 4),
        Block("app.py", 14, 15, "self._slots", 3, 10),
        Block("app.py", 14, 15, "other()", 0, 0),
    ]


def test_locks_that_are_made_in_one_line() -> None:
    """Of several names that get their values at once, each gets its own."""
    text = "async def f():\n a, b = Lock(), Semaphore(4)\n async with b:\n  await g()\n"
    assert find_blocks({"x.py": text})["x.py"] == [Block("x.py", 4, 4, "b", 4, 2)]


def test_loops_begin_where_their_head_is() -> None:
    """A loop is found by its first line only."""
    loops = LoopsOfSource({"app.py": SOURCE})
    assert loops.begins_within("app.py", 14, 14)
    assert not loops.begins_within("app.py", 15, 15)


@pytest.mark.parametrize("text", ["(" * 5000, "def f(:", "\0", "x = '\\d'", "-" * 9000 + "1"])
def test_hostile_source_is_no_error(text: str) -> None:
    """What is no Python, or nested too deep, has no blocks and no loops."""
    assert find_blocks({"app.py": text}) == {"app.py": []}
    assert not LoopsOfSource({"app.py": text}).begins_within("app.py", 1, 9)


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("https://api.example.com/v1?q=1", {"api.example.com"}),
        ("redis://user:secret@cache.local:6379/0", {"cache.local"}),
        ("API.Example.com", {"api.example.com"}),
        ("127.0.0.1:8080", {"127.0.0.1"}),
        ("localhost", {"localhost"}),
        ("http://[::1]:80/", {"::1"}),
        ("two words. And more.", set()),
        ("plain", set()),
    ],
)
def test_hosts_in_texts(text: str, hosts: set[str]) -> None:
    """Addresses name their host; a text that is a host's name names itself."""
    assert hosts_in(text) == hosts
