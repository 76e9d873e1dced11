"""Runs a piece of a sweep in a process of its own."""

import os
import pickle
import subprocess
import sys
from typing import Final

from loopscope.check.journal import Piece
from loopscope.check.pieces import Plan, run_piece
from loopscope.errors import LoopscopeError

_SHOWN: Final = 500


def run_apart(plan: Plan, seeds: range) -> Piece:
    """Run a piece in a new process of this Python.

    Raises:
        ChildProcessError: The process died.
        LoopscopeError: The world or a promise does not fit the program.
    """
    done = subprocess.run(
        [sys.executable, "-m", "loopscope.check.apart"],
        input=pickle.dumps((plan, seeds, os.getpid())),
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace")[-_SHOWN:]
        raise ChildProcessError(f"It ended with exit code {done.returncode}: {said}")
    answer = pickle.loads(done.stdout)  # noqa: S301  (from our own process)
    if isinstance(answer, LoopscopeError):
        raise answer
    assert isinstance(answer, Piece)  # noqa: S101  (it sends nothing else)
    return answer


def main() -> None:
    """Run the piece that comes in by standard input, and send back what it brought."""
    plan, seeds, parent = pickle.loads(sys.stdin.buffer.read())  # noqa: S301  (from our own process)
    back = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.environ.pop("PYTHONHASHSEED", None)
    try:
        answer: object = run_piece(plan, seeds, parent)
    except LoopscopeError as error:
        answer = error
    with os.fdopen(back, "wb") as pipe:
        pipe.write(pickle.dumps(answer))


if __name__ == "__main__":
    main()
