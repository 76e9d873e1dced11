"""Trace files: what is written is read back, and damage never does harm."""

import asyncio
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support import record_virtually
from tests.trace_examples import blocked

from loopscope.analysis.summary import summarise
from loopscope.errors import TraceError
from loopscope.recorder import python_probe
from loopscope.trace.layout import (
    BLOCK,
    BLOCK_MAGIC,
    HEADER,
    PAGE,
    VERSION_OFFSET,
    BlockKind,
    Kind,
)
from loopscope.trace.reader import read_trace
from loopscope.trace.writer import TraceWriter

TEXTS = st.text(max_size=30).filter(lambda text: not text.endswith("\0"))
BYTES = st.integers(0, 255)
EACH_ITS_FILE = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small recording."""

    async def work(lock: asyncio.Lock) -> None:
        async with lock:
            await asyncio.sleep(1)

    async def main() -> None:
        lock = asyncio.Lock()
        await asyncio.gather(*(work(lock) for _ in range(20)))

    path = tmp_path_factory.mktemp("trace") / "sound.loopscope"
    record_virtually(main, python_probe, path)
    return path


@EACH_ITS_FILE
@given(names=st.lists(TEXTS, max_size=200))
def test_strings_come_back(names: list[str], tmp_path: Path) -> None:
    """Any text that is written as a task's name is read back the same."""
    path = tmp_path / "names.loopscope"
    writer = TraceWriter(path, {"program": "x"}, origin_ns=0, wall_ns=0)
    for number, name in enumerate(names, 1):
        writer.string(number, name)
        writer.fact(Kind.TASK, number, number)
        writer.fact(Kind.NAME, number, number, number)
    writer.close(1)
    trace = read_trace(path)
    assert [trace.tasks.names[one] for one in trace.tasks.id.tolist()] == names


@EACH_ITS_FILE
@given(changes=st.lists(st.tuples(st.integers(0, 1 << 20), BYTES), min_size=1, max_size=5))
def test_damage_never_does_harm(
    changes: list[tuple[int, int]], sound: Path, tmp_path: Path
) -> None:
    """A trace with any bytes changed is read in part or refused in a sentence."""
    damaged = bytearray(sound.read_bytes())
    used = [at for at in range(0, len(damaged), 8) if any(damaged[at : at + 8])]
    for place, byte in changes:
        damaged[used[place // 8 % len(used)] + place % 8] = byte
    path = tmp_path / "damaged.loopscope"
    path.write_bytes(damaged)
    try:
        trace = read_trace(path)
    except TraceError as error:
        assert str(error).endswith(".")
        return
    lives = summarise(trace).lives
    assert len(lives.created) == len(trace.tasks)


@EACH_ITS_FILE
@given(cut=st.integers(0, 1 << 20))
def test_a_trace_cut_off_anywhere_is_read_up_to_there(
    cut: int, sound: Path, tmp_path: Path
) -> None:
    """A trace without its end gives the steps before it, and says that it is cut off."""
    whole = sound.read_bytes()
    path = tmp_path / "cut.loopscope"
    path.write_bytes(whole[: cut % len(whole)])
    try:
        trace = read_trace(path)
    except TraceError as error:
        assert error.slug in ("not-a-trace", "trace-damaged")
        return
    assert len(trace.steps) <= len(read_trace(sound).steps)
    summarise(trace)


def test_a_program_may_have_had_any_number_of_loops(sound: Path, tmp_path: Path) -> None:
    """A loop's number is read over the whole range that a block's header can hold."""
    changed = bytearray(sound.read_bytes())
    last = 2**32 - 1
    of_the_loop = BLOCK.pack(BLOCK_MAGIC, BlockKind.LOOP, 1, PAGE, 0, 0)[:12]
    at = changed.index(of_the_loop)
    changed[at + 8 : at + 12] = last.to_bytes(4, "little")
    path = tmp_path / "many.loopscope"
    path.write_bytes(changed)
    assert last in read_trace(path).steps.loop


def test_another_version_is_refused(sound: Path, tmp_path: Path) -> None:
    """A trace of another format version is refused with both versions named."""
    changed = bytearray(sound.read_bytes())
    changed[VERSION_OFFSET] = 99
    path = tmp_path / "new.loopscope"
    path.write_bytes(changed)
    with pytest.raises(TraceError, match=r"format version 99, and this loopscope reads version 1"):
        read_trace(path)


@pytest.mark.parametrize("content", [b"", b"LOOPSCOP", b"#!/bin/sh\n" * 100, b"\0" * 9000])
def test_anything_else_is_no_trace(content: bytes, tmp_path: Path) -> None:
    """A file that is no trace is refused in one sentence."""
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(TraceError, match=r"is not a loopscope trace"):
        read_trace(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A path without a file is refused with the path in the message."""
    with pytest.raises(TraceError, match=r"nothing\.loopscope cannot be read"):
        read_trace(tmp_path / "nothing.loopscope")


def test_a_trace_can_be_read_while_it_is_written(tmp_path: Path) -> None:
    """A reader in between sees what is there so far, and that it is not complete."""
    path = tmp_path / "growing.loopscope"
    writer = TraceWriter(path, {"program": "x"}, origin_ns=0, wall_ns=0)
    writer.fact(Kind.TASK, 5, 1)
    before = read_trace(path)
    writer.fact(Kind.TASK, 6, 2)
    after = read_trace(path)
    writer.close(7)
    assert (len(before.tasks), len(after.tasks)) == (1, 2)
    assert [before.info.is_complete, read_trace(path).info.is_complete] == [False, True]


def test_a_block_taken_while_another_is_made_gets_a_place_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a finalizer writes while a block is being made goes into a block of its own."""
    path = tmp_path / "nested.loopscope"
    writer = TraceWriter(path, {"program": "x"}, origin_ns=0, wall_ns=0)
    reserve = os.posix_fallocate

    def interrupted(fd: int, offset: int, size: int) -> None:
        monkeypatch.setattr(os, "posix_fallocate", reserve)
        writer.fact(Kind.TASK, 5, 1)  # as a finalizer would, in the middle of it
        reserve(fd, offset, size)

    monkeypatch.setattr(os, "posix_fallocate", interrupted)
    writer.string(1, "a name")
    writer.fact(Kind.NAME, 6, 1, 1)
    writer.close(7)
    trace = read_trace(path)
    assert trace.info.damage == ""
    assert trace.task(1).name == "a name"


def test_the_header_is_a_fixed_size(sound: Path) -> None:
    """The first version's header is 56 bytes before its description."""
    assert HEADER.size == 56
    assert sound.read_bytes()[HEADER.size :].startswith(b'{"program": "test"}')


def test_lines_of_source_are_those_of_python() -> None:
    """A form feed or a line separator within a line does not count as its end."""
    trace = blocked()
    words = trace.words
    place = next(one for one in words.locations if one.line == 11)
    text = words.source_text(place)
    assert text
    for file, source in words.sources.items():
        words.sources[file] = source.replace("\n", "  # \f \u2028\r\n")
    assert words.source_text(place) == text
    assert words.source_line(place).startswith(text)
