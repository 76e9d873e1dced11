"""How a trace lies in its file: the one place that knows offsets, sizes and codes.

A file is a header followed by blocks. A block holds either fixed records of 32 bytes
(one stream a loop, one stream of facts) or words (strings, places, source text). The writer
fills a block from its front; a record or word whose first bytes are zero is where it ends, so a
killed process leaves a file that is complete up to its last whole record.
"""

import struct
from enum import IntEnum

MAGIC = b"LOOPSCOP"
VERSION = 1
"""Version history. 1: first."""

PAGE = 4096
"""Header and blocks are multiples of this, so that each can be mapped on its own."""

# magic, version, header bytes, lost records, state, meta bytes, monotonic origin, wall origin, end
HEADER = struct.Struct("<8sIIQIIqqQ")
VERSION_OFFSET = 8
LOST_OFFSET = 16
STATE_OFFSET = 24
END_OFFSET = 48

BLOCK_MAGIC = 0x4B42534C  # "LSBK"
# magic, block kind, stream, block bytes (this header included)
BLOCK = struct.Struct("<IIIIQQ")
BLOCK_HEADER_BYTES = BLOCK.size

RECORD = struct.Struct("<QQIIII")
RECORD_BYTES = RECORD.size

TIME_MASK = (1 << 56) - 1
"""The low 56 bits of both 64-bit fields are nanoseconds since the origin (2.2 years)."""
CODE_SHIFT = 56


class State(IntEnum):
    """What became of the recording."""

    RECORDING = 1
    """Still being written, or the process was killed."""
    CLOSED = 2
    """Complete."""
    DETACHED = 3
    """The recorder gave up (its own failure, a full disk); the program went on without it."""


class BlockKind(IntEnum):
    """What a block holds."""

    WORDS = 1
    """Strings, files, places, stacks and source text."""
    LOOP = 2
    """Steps, turns and runs of one loop."""
    FACTS = 3
    """All other records, of all loops."""


class Kind(IntEnum):
    """Record kinds: the top byte of a record's first field. 0 means that nothing is there.

    In the fields below, ``t`` and ``u`` are the low 56 bits of the first and second 64-bit
    field, ``code`` the top byte of the second, and ``a b c d`` the four 32-bit fields.
    """

    STEP = 1
    """t end, u ready, code = end + 16 * wake, a task (0: callback), b await stack or callback,
    c what it waits for, d the waking step's ordinal in this loop (or the waking job)."""
    TURN = 2
    """t idle ended, u idle began, a ns from there to the first step, b I/O events, c queue
    length."""
    BEGIN = 3
    """t the loop begins to run, or recording begins inside a running step."""
    PAUSE = 4
    """t the loop stops running."""

    LOOP = 16
    """t created, a loop, b thread name, c class name."""
    TASK = 17
    """t created, u number in its default name, code = flags (1 existed before the recording,
    2 started eagerly), a task, b coroutine, c creating line, d parent task. Stands among the
    facts or in its loop's stream."""
    NAME = 18
    """t, a task, b name."""
    RAISED = 19
    """t, a task, b exception type, c message, d line that raised."""
    LAPSE = 20
    """t, a task, b what (``model.kinds.Lapse``)."""
    NEVER_AWAITED = 21
    """t, a task (0: none), b coroutine, c line where it was dropped."""
    OBJECT = 22
    """t first seen, a object, b type name, c size: capacity, value or number of children."""
    SAMPLE = 23
    """t, u the thread's voluntary context switches so far, code = thread state letter, a loop,
    b the thread's stack, c ordinal of the step that holds the loop."""
    GC = 24
    """t end, u begin, code = generation, a loop (0: another thread), b objects collected."""
    JOB = 25
    """t end, u begin, a job, b function, c thread name."""
    NOTE = 26
    """t, a what the recorder has to say of itself."""
    WAITING = 27
    """t, a task that was suspended already when recording began, b await stack, c object."""


class Word(IntEnum):
    """What an entry of a words block defines. Each set of ids counts from 1."""

    STRING = 1
    """id, text."""
    FILE = 2
    """id, origin, path."""
    LOCATION = 3
    """id, then file, function, line, end line, column, end column, first line."""
    NODE = 4
    """id, then parent node and location: a stack is a path from its outermost frame."""
    SOURCE = 5
    """id of a file, its text."""


# bytes of the entry (this header included, rounded up to 4), kind, id
WORD = struct.Struct("<III")
LOCATION = struct.Struct("<IIiiiii")
NODE = struct.Struct("<II")
ORIGIN = struct.Struct("<I")

TASK_EXISTED = 1
TASK_EAGER = 2
UNKNOWN_STEP = 0xFFFFFFFF
"""The value of a STEP's ``d`` when no step is known to have woken it."""


def stamp(code: int, time_ns: int) -> int:
    """Put a code byte on top of a time."""
    return code << CODE_SHIFT | (time_ns & TIME_MASK)
