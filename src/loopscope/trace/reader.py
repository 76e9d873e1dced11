"""Reads a trace file; what is damaged is left out and said, never trusted."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np

from loopscope.errors import TraceError
from loopscope.trace.columns import Int64s, Steps, Trace, TraceInfo
from loopscope.trace.header import Header, read_header
from loopscope.trace.layout import (
    BLOCK,
    BLOCK_HEADER_BYTES,
    BLOCK_MAGIC,
    PAGE,
    TIME_MASK,
    VERSION,
    BlockKind,
)
from loopscope.trace.read_facts import read_facts
from loopscope.trace.read_steps import BlockBody, read_steps
from loopscope.trace.read_words import read_words


@dataclass(frozen=True)
class Block:
    """Where a block's body lies in the file."""

    kind: int
    stream: int
    offset: int
    size: int


def read_trace(path: str | Path) -> Trace:
    """Read a whole trace.

    A file that is still being written, or whose process was killed, is read up to its last
    whole record. Damage in the middle leaves the undamaged part readable:
    ``trace.info.damage`` says so.

    Raises:
        TraceError: There is no such file, it is not a trace, or one of another version.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            return _read(path, file)
    except OSError as error:
        raise TraceError(
            f"The trace {path} cannot be read ({error.strerror}): check its name.",
            slug="trace-unreadable",
        ) from error


def _read(path: Path, file: BinaryIO) -> Trace:
    header = read_header(path, file)
    info = _info(path, header)
    blocks, damage = _find_blocks(file, header.header_bytes)
    damages = [damage] if damage else []
    strings, words = read_words(
        [_body(file, block) for block in blocks if block.kind == BlockKind.WORDS], damages
    )
    streams: dict[int, list[Block]] = {}
    for block in blocks:
        if block.kind == BlockKind.LOOP:
            streams.setdefault(block.stream, []).append(block)
    bodies = {
        stream: [BlockBody(block.size, partial(_body, file, block)) for block in parts]
        for stream, parts in sorted(streams.items())
    }
    steps, turns, runs, tasks = read_steps(bodies, len(words.node_parent), info.end_ns, damages)
    facts = read_facts(
        [_body(file, block) for block in blocks if block.kind == BlockKind.FACTS],
        tasks,
        strings,
        words,
        {run.loop: run.first_step for run in reversed(runs)},
        len(steps),
        damages,
    )
    steps = _without_unknown(
        steps, facts["tasks"].row_of, max(facts["objects"], default=0), damages
    )
    end = info.end_ns or max((run.end_ns for run in runs), default=0)
    info = replace(info, end_ns=end, damage=" ".join(dict.fromkeys(damages)))
    return Trace(info=info, words=words, steps=steps, turns=turns, runs=runs, **facts)


def _without_unknown(steps: Steps, row_of: Int64s, last_object: int, damages: list[str]) -> Steps:
    """Drop references to tasks that nothing introduces, and to objects beyond the last one."""
    last = len(row_of) - 1
    unknown = (steps.task > last) | (row_of[np.minimum(steps.task, max(last, 0))] < 0)
    unknown &= steps.task > 0
    beyond = steps.object > max(last, last_object, 0)
    if not unknown.any() and not beyond.any():
        return steps
    if unknown.any():
        damages.append("Some steps name tasks that are not introduced.")
    if beyond.any():
        damages.append("Some steps wait for objects that are not introduced.")
    return replace(
        steps,
        task=np.where(unknown, 0, steps.task).astype(np.uint32),
        object=np.where(beyond, 0, steps.object).astype(np.uint32),
    )


def _body(file: BinaryIO, block: Block) -> bytes:
    file.seek(block.offset)
    return file.read(block.size)


def _info(path: Path, header: Header) -> TraceInfo:
    return TraceInfo(
        path=str(path),
        version=VERSION,
        program=header.text("program"),
        argv=header.argv,
        directory=header.text("directory"),
        python=header.text("python"),
        platform=header.text("platform"),
        probe=header.text("probe"),
        pid=header.number("pid"),
        seed=header.number("seed") if "seed" in header.meta else None,
        stall_ns=header.number("stall_ns") or 10_000_000,
        origin_ns=header.origin_ns,
        wall_ns=header.wall_ns,
        end_ns=min(header.end_ns, TIME_MASK),
        lost_count=header.lost_count,
        is_complete=header.is_complete,
        gave_up=header.gave_up,
        damage="",
        cpus=header.number("cpus"),
    )


def _find_blocks(file: BinaryIO, offset: int) -> tuple[list[Block], str]:
    """Walk the chain of blocks; returns them and a sentence if the chain is broken."""
    blocks: list[Block] = []
    length = file.seek(0, 2)
    while offset + BLOCK_HEADER_BYTES <= length:
        file.seek(offset)
        magic, kind, stream, size, _, _ = BLOCK.unpack(file.read(BLOCK_HEADER_BYTES))
        if magic == 0:
            break  # reserved by the writer, not used yet
        if magic != BLOCK_MAGIC or size < PAGE or size % PAGE:
            return blocks, f"A block at byte {offset} is damaged; what follows is left out."
        body = min(size, length - offset) - BLOCK_HEADER_BYTES
        blocks.append(Block(kind, stream, offset + BLOCK_HEADER_BYTES, body))
        if offset + size > length:
            return blocks, "The file is cut off in the middle of a block."
        offset += size
    return blocks, ""
