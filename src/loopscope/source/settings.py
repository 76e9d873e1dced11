"""The settings of a project: the table ``[tool.loopscope.lint]`` of its ``pyproject.toml``."""

import os
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path

from loopscope.errors import UsageError


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project wants of ``loopscope lint``.

    Attributes:
        select: Only these rules; none means all.
        ignore: Not these rules.
        exclude: Patterns of paths, from the directory of the file, that are left out.
        blocking: Dotted names of calls that block, beside those that are known.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    blocking: tuple[str, ...] = ()


def find_root(start: Path) -> Path:
    """Return the directory of the project that a path lies in.

    That is the nearest one, from there upwards, with a ``pyproject.toml`` or a ``.git``; where
    there is none, the directory itself.
    """
    # (os.path, since Path's own raise where a directory may not be entered)
    begin = start if os.path.isdir(start) else start.parent  # noqa: PTH112
    for directory in (begin, *begin.parents):
        if os.path.isfile(directory / "pyproject.toml") or os.path.exists(directory / ".git"):  # noqa: PTH110, PTH113
            return directory
    return begin


def read_settings(root: Path) -> Settings:
    """Read the settings of the project in a directory; without any, all is at its default.

    Raises:
        UsageError: The table holds what no setting is.
    """
    file = root / "pyproject.toml"
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(
            f"{file} cannot be read: {error}. Correct it, or name another project's files.",
            slug="settings-bad",
        ) from None
    tool = document.get("tool", {})
    ours = tool.get("loopscope", {}) if isinstance(tool, dict) else None
    table = ours.get("lint", {}) if isinstance(ours, dict) else None
    if not isinstance(ours, dict) or not isinstance(table, dict):
        raise _bad(file, "it is no table")
    for name in ours:
        if name != "lint":
            raise _bad(file, f"{name!r} stands in [tool.loopscope], where only 'lint' does")
    return _settings(table, file)


def _settings(table: dict[str, object], file: Path) -> Settings:
    known = {one.name for one in fields(Settings)}
    settings = Settings()
    for name, value in table.items():
        if name not in known:
            raise _bad(file, f"{name!r} is none of {', '.join(sorted(known))}")
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise _bad(file, f"{name!r} is no list of texts")
        settings = replace(settings, **{name: tuple(value)})
    return settings


def _bad(file: Path, what: str) -> UsageError:
    return UsageError(
        f"{file}, [tool.loopscope.lint]: {what}. Correct it; docs/lint.md lists the settings.",
        slug="settings-bad",
    )
