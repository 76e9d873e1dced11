"""A place in source code, as precise as the byte code knows it."""

from dataclasses import dataclass
from pathlib import PurePath

from loopscope.model.kinds import Origin


@dataclass(frozen=True, slots=True)
class Location:
    """A place in source code.

    Lines count from 1, columns from 0 (UTF-8 bytes, as in ``ast``). A value of 0 for ``line``
    means that the code has no source (a callable written in C). ``column`` and ``end_column``
    are -1 where the byte code does not know them.
    """

    file: str
    function: str
    line: int
    end_line: int
    column: int
    end_column: int
    first_line: int
    origin: Origin

    @property
    def is_user(self) -> bool:
        """Whether this is the user's own code: no standard library, no installed package."""
        return self.origin is Origin.USER

    @property
    def short(self) -> str:
        """``file.py:12``, or the bare name of a callable without source."""
        return f"{PurePath(self.file).name}:{self.line}" if self.line else self.function


NOWHERE = Location("", "?", 0, 0, -1, -1, 0, Origin.STANDARD)
