"""Runs pieces of a sweep in processes of their own, which are kept for the next piece."""

import os
import pickle
import select
import subprocess
import sys
import tempfile
import threading
import time
from typing import IO, Final

from loopscope.check.journal import Piece
from loopscope.check.pieces import Plan, run_piece
from loopscope.errors import LoopscopeError

KEPT_S: Final = 30
"""A process that had nothing to do for so long is not used again."""

ENDS_S: Final = 60
"""A process that had nothing to do for so long ends."""

_SHOWN: Final = 500
_SIZE: Final = 8
"""How many bytes say how long what follows is."""


def run_apart(plan: Plan, seeds: range) -> Piece:
    """Run a piece in another process of this Python, one piece at a time in each.

    Raises:
        ChildProcessError: The process died.
        LoopscopeError: The world or a promise does not fit the program.
    """
    process = _kept.take()
    try:
        answer = process.run(pickle.dumps((plan, seeds, os.getpid())))
    except BaseException:
        process.end()
        raise
    _kept.give_back(process)
    if isinstance(answer, LoopscopeError):
        raise answer
    assert isinstance(answer, Piece)  # noqa: S101  (it sends nothing else)
    return answer


class _Process:
    """A process that runs one piece after the other.

    Attributes:
        free_since_s: When it was done with its last piece, on the monotonic clock.
    """

    def __init__(self) -> None:
        self.free_since_s = time.monotonic()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  (it lives as long as the process)
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "loopscope.check.apart"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )

    def run(self, work: bytes) -> object:
        """Let it run a piece, and return what it brought.

        Raises:
            ChildProcessError: The process died.
        """
        assert self._popen.stdin is not None  # noqa: S101  (they are pipes)
        assert self._popen.stdout is not None  # noqa: S101
        try:
            _send(self._popen.stdin, work)
            answer = _receive(self._popen.stdout)
        except BrokenPipeError:
            answer = None
        if answer is None:
            code = self._popen.wait()
            self._said.seek(max(0, self._said.seek(0, os.SEEK_END) - _SHOWN))
            said = self._said.read().decode(errors="replace")
            raise ChildProcessError(f"It ended with exit code {code}: {said}")
        self._said.truncate(0)
        return pickle.loads(answer)  # noqa: S301  (from our own process)

    def end(self) -> None:
        """End it at once."""
        self._popen.kill()
        self._popen.communicate()
        self._said.close()


class _Kept:
    """The processes that have nothing to do just now."""

    def __init__(self) -> None:
        self._free: list[_Process] = []
        self._lock = threading.Lock()

    def take(self) -> _Process:
        """Return the process that was given back last, or a new one; old ones end."""
        oldest_s = time.monotonic() - KEPT_S
        with self._lock:
            old = [one for one in self._free if one.free_since_s < oldest_s]
            self._free = [one for one in self._free if one.free_since_s >= oldest_s]
            found = self._free.pop() if self._free else None
        for one in old:
            one.end()
        return found or _Process()

    def give_back(self, process: _Process) -> None:
        """Keep a process for the next piece."""
        process.free_since_s = time.monotonic()
        with self._lock:
            self._free.append(process)


_kept: Final = _Kept()


def _send(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(len(data).to_bytes(_SIZE, "big") + data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes | None:
    """Return what was sent; None if the other side is gone."""
    size = int.from_bytes(pipe.read(_SIZE), "big")
    data = pipe.read(size)
    return data if size and len(data) == size else None


def main() -> None:
    """Run the pieces that come in by standard input, and send back what they brought."""
    there = os.fdopen(os.dup(0), "rb")
    back = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.environ.pop("PYTHONHASHSEED", None)
    # What is sent is one piece at a time, so that nothing waits in the buffer of the file.
    while select.select([there], [], [], ENDS_S)[0]:
        work = _receive(there)
        if work is None:
            return
        plan, seeds, parent = pickle.loads(work)  # noqa: S301  (from our own process)
        try:
            answer: object = run_piece(plan, seeds, parent)
        except LoopscopeError as error:
            answer = error
        _send(back, pickle.dumps(answer))


if __name__ == "__main__":
    main()
