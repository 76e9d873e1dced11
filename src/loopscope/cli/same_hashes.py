"""Starts Python again with hashes that follow from the seed, so that sets repeat.

The order of a set of strings follows from their hashes, which differ from process to process
unless ``PYTHONHASHSEED`` says otherwise; that of other objects from their addresses, which the
system makes differ unless it is asked not to.
"""

import os
import random
import sys

_BEFORE = "LOOPSCOPE_HASHSEED_BEFORE"

_ASK = 0xFFFFFFFF
_ADDR_NO_RANDOMIZE = 0x0040000  # <sys/personality.h>


def fix_hashes(seed: int) -> None:
    """Go on in a process whose hashes follow from the seed.

    The program sees the environment as it was. Where the system refuses to place memory the same
    way in every process, only the strings repeat.
    """
    environment = os.environ
    wanted = str(random.Random(f"hashes {seed}").randrange(1, 1 << 32))  # noqa: S311  (repeatable)
    before = environment.get("PYTHONHASHSEED")
    if before != wanted and _BEFORE not in environment:
        again = {**environment, "PYTHONHASHSEED": wanted, _BEFORE: before or ""}
        _place_memory_as_ever()
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], again)  # noqa: S606
    original = environment.pop(_BEFORE, None)
    if original:
        environment["PYTHONHASHSEED"] = original
    elif original is not None:
        environment.pop("PYTHONHASHSEED", None)


def _place_memory_as_ever() -> None:
    """Ask Linux not to randomise addresses in what this process executes."""
    if sys.platform != "linux":
        return
    import ctypes

    personality = ctypes.CDLL(None).personality
    current = personality(_ASK)
    if current >= 0:
        personality(current | _ADDR_NO_RANDOMIZE)
