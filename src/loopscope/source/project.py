"""The source files that are looked at together, parsed once."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Project:
    """Python files by the name their locations carry."""

    texts: Mapping[str, str]
