"""Keeps progress in one file that survives whatever happens while it is written."""

import contextlib
import json
import os
from pathlib import Path
from typing import Final

from loopscope.errors import LessonError
from loopscope.learn.progress.progress import Progress

NAME: Final = "progress.json"
BEFORE: Final = "progress.before.json"
MOST_BYTES: Final = 16 * 1024 * 1024


class Store:
    """The file of one learner.

    It is replaced as a whole, and the one before it is kept: a crash, a full disk or an editor
    that truncates it costs the last answer at most.

    Args:
        folder: Where the file is; the folder is made when something is first kept.

    Attributes:
        notes: What was found damaged when it was read, for the learner to know.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / NAME
        self._before = folder / BEFORE
        self.notes: list[str] = []

    def read(self) -> Progress:
        """Return what was kept; nothing at first.

        A damaged file is set aside, and the one before it is used.
        """
        for file in (self._file, self._before):
            try:
                return Progress.from_document(json.loads(_contents(file)))
            except FileNotFoundError:
                continue
            except (OSError, ValueError, TypeError, RecursionError) as error:
                self._set_aside(file, error)
        return Progress()

    def keep(self, progress: Progress) -> None:
        """Write it, completely or not at all.

        Raises:
            LessonError: It cannot be written.
        """
        text = json.dumps(progress.document(), indent=1)
        new = self._file.with_name(f"{NAME}.new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with new.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileNotFoundError):
                self._before.unlink(missing_ok=True)
                os.link(self._file, self._before)
            new.replace(self._file)
        except OSError as error:
            raise LessonError(
                f"Progress cannot be kept in {self._file} ({error.strerror}): make room there, or "
                "choose another folder with --folder.",
                slug="learn-progress",
            ) from error

    def _set_aside(self, file: Path, error: Exception) -> None:
        aside = file.with_name(f"{file.stem}.damaged.json")
        with contextlib.suppress(OSError):
            file.replace(aside)
        self.notes.append(f"{file.name} was damaged ({error}); it is now {aside.name}.")


def _contents(file: Path) -> str:
    with file.open("rb") as opened:
        data = opened.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError("longer than 16 MiB")
    return data.decode()
