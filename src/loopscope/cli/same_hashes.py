"""Starts Python again with hashes that follow from the seed, so that sets repeat."""

import os
import random
import sys

_BEFORE = "LOOPSCOPE_HASHSEED_BEFORE"


def fix_hashes(seed: int) -> None:
    """Go on in a process whose string hashes follow from the seed.

    The order of a set of strings follows from their hashes, which differ from process to process
    unless ``PYTHONHASHSEED`` says otherwise. The program sees that variable as it was.
    """
    environment = os.environ
    wanted = str(random.Random(f"hashes {seed}").randrange(1, 1 << 32))  # noqa: S311  (repeatable)
    before = environment.get("PYTHONHASHSEED")
    if before != wanted and _BEFORE not in environment:
        again = {**environment, "PYTHONHASHSEED": wanted, _BEFORE: before or ""}
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], again)  # noqa: S606
    original = environment.pop(_BEFORE, None)
    if original:
        environment["PYTHONHASHSEED"] = original
    elif original is not None:
        environment.pop("PYTHONHASHSEED", None)
