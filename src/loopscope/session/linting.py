"""One look at the source of a project: which files, which rules, what is already known."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from loopscope.analysis.ignoring import Ignores
from loopscope.analysis.rules.catalogue import NAMES, RULES
from loopscope.analysis.rules.gave_up import reason_of
from loopscope.analysis.rules.useless_ignore import USELESS_IGNORE
from loopscope.errors import UsageError
from loopscope.model.finding import Confidence, Finding
from loopscope.session.lint_cache import LintCache, keys_of, with_linked
from loopscope.source.files import Sources, read_sources
from loopscope.source.project import Project
from loopscope.source.settings import Settings, find_root, read_settings


@dataclass(frozen=True, slots=True)
class Linted:
    """What was found.

    Attributes:
        findings: By file and line.
        files: How many files were looked at.
        ignored: How many findings a comment ignores.
        notes: Full sentences on files that could not be read.
    """

    findings: tuple[Finding, ...]
    files: int
    ignored: int
    notes: tuple[str, ...]


def lint(
    paths: Sequence[str],
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    *,
    use_cache: bool = True,
) -> Linted:
    """Look at files and directories for what their source alone shows.

    Args:
        paths: Files and directories; those of one project, whose settings hold for all.
        select: Only these rules; none means those of the settings.
        ignore: Not these rules, nor those that the settings leave out.
        use_cache: Take over what was found before in files that have not changed.

    Raises:
        UsageError: A path or a rule does not exist, or the settings are wrong.
    """
    for path in paths:
        if not os.path.exists(path):  # noqa: PTH110  (Path's raises for a name that is too long)
            raise UsageError(
                f"{path} does not exist: give files or directories of Python source.",
                slug="lint-missing",
            )
    root = find_root(Path(paths[0]).resolve())
    settings = read_settings(root)
    wanted, unwanted = list(select), list(ignore)
    _check_known([*wanted, *unwanted], "")
    of_project = [*(() if wanted else settings.select), *settings.ignore]
    _check_known(of_project, f", which {root / 'pyproject.toml'} names")
    rules = set(wanted or settings.select or NAMES) - {*unwanted, *settings.ignore}
    sources = read_sources(paths, settings.exclude, root)
    found, not_read, notes = _find(sources, settings, root if use_cache else None)
    left, ignored = _without_ignored(found, sources, rules)
    left.sort(key=lambda one: (one.where.file, one.where.line, one.where.column, one.rule))
    return Linted(tuple(left), len(sources.asked) - not_read, ignored, tuple(notes))


def _check_known(names: Iterable[str], where: str) -> None:
    for name in sorted(names):
        if name not in NAMES:
            raise UsageError(
                f"There is no rule {name}{where}: 'loopscope rules' lists them.",
                slug="rule-unknown",
            )


def _find(
    sources: Sources, settings: Settings, root: Path | None
) -> tuple[dict[str, list[Finding]], int, list[str]]:
    """Return the findings of every file that was asked for, how many are no Python, and notes."""
    cache = LintCache(root, repr(settings.blocking)) if root is not None else None
    keys = keys_of(sources.texts)
    found: dict[str, list[Finding]] = {}
    for file in sources.asked:
        known = cache.find(file, keys[file]) if cache else None
        if known is not None:
            found[file] = known
    missing = [file for file in sources.asked if file not in found]
    project = Project(with_linked(missing, sources.texts), frozenset(settings.blocking))
    new: dict[str, list[Finding]] = {file: [] for file in missing}
    gave_up = []
    for rule in RULES:
        try:
            for one in rule.in_source(project):
                if one.where.file in new and one.confidence is not Confidence.NO:
                    new[one.where.file].append(one)
        except Exception as error:  # noqa: BLE001  (it is told, and the other rules go on)
            gave_up.append(f"{rule.name} was not looked for to the end: {reason_of(error)}.")
    no_python = {file: why for file, why in project.unreadable.items() if file in new}
    unreadable = {**sources.unreadable, **no_python}
    notes = [f"{file} was left out: {why}." for file, why in sorted(unreadable.items())]
    notes += gave_up
    if cache is not None and new and not gave_up:
        kept = {file: (keys[file], new[file]) for file in new if file not in unreadable}
        failure = cache.keep(kept) if kept else ""
        notes += [f"Note: {failure}."] if failure else []
    return {**found, **new}, len(no_python), notes


def _without_ignored(
    found: dict[str, list[Finding]], sources: Sources, rules: set[str]
) -> tuple[list[Finding], int]:
    left: list[Finding] = []
    count = 0
    for file, findings in found.items():
        ignores = Ignores(file, sources.texts[file])
        stay, ignored = ignores.apply(one for one in findings if one.rule in rules)
        left += stay
        count += len(ignored)
        if USELESS_IGNORE.name in rules:
            left += ignores.useless(ignored, rules)
    return left, count
