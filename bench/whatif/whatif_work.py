"""Work that the pairs have in common: computing, in Python or in C that frees the GIL."""

import asyncio
import hashlib
import time
from concurrent.futures import Executor

_ROUNDS_OF_HASH = 2_000


def compute(seconds: float) -> int:
    """Compute in Python for so much of the thread's own time."""
    end, count = time.thread_time() + seconds, 0
    while time.thread_time() < end:
        count += 1
    return count


def hash_long(seconds: float) -> None:
    """Compute in C that frees the GIL for so much of the thread's own time."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        hashlib.pbkdf2_hmac("sha256", b"secret", b"salt", _ROUNDS_OF_HASH)


async def hash_in(pool: Executor, seconds: float) -> None:
    """Compute in C in another process."""
    await asyncio.get_running_loop().run_in_executor(pool, hash_long, seconds)
