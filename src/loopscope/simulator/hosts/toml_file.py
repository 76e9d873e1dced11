"""Reads a file in TOML; whatever is wrong with it is one clear sentence."""

import tomllib
from pathlib import Path
from typing import Any, Final

from loopscope.simulator.hosts.fields import Place

MOST_BYTES: Final = 4 * 1024 * 1024


def read_toml(path: Path, place: Place) -> dict[str, Any]:
    """Return what a file describes.

    Raises:
        LoopscopeError: It cannot be read, or is no TOML; it is the place's own kind of error.
    """
    return _parse(_read(path, place), place)


def _read(path: Path, place: Place) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        place.refuse(f"the file cannot be read: {error.strerror}.")
    if len(data) > MOST_BYTES:
        place.refuse(
            "the file is longer than 4 MiB; put samples and bodies into files of their own."
        )
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        place.refuse(f"the file is not UTF-8 at byte {error.start}.")


def _parse(text: str, place: Place) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place.refuse(f"this is no TOML: {error}.")
    except RecursionError:
        place.refuse("the values are nested too deeply.")
    except ValueError as error:  # a number of too many digits
        place.refuse(f"a value cannot be read: {error}.")
