"""Work that the pairs have in common: computing, in Python or in C that frees the GIL."""

import hashlib
import time

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
