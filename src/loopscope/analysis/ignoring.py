"""Leaves out the findings that a comment in the source ignores, and reports idle comments."""

from collections.abc import Collection, Iterable

from loopscope.analysis.rules.catalogue import NAMES
from loopscope.analysis.rules.useless_ignore import USELESS_IGNORE
from loopscope.model.finding import Confidence, Finding
from loopscope.model.kinds import Origin
from loopscope.model.location import Location
from loopscope.source.comments import comments_of
from loopscope.source.ignores import Ignore, ignores_of

_LISTED = "('loopscope rules' lists the rules.)"
_RUN_MAY = "A recorded run may find more than the source alone."


class Ignores:
    """The ignore comments of one file.

    Args:
        file: Its name, as findings have it.
        text: Its text.
    """

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        marked = "loopscope:" in text
        self._ignores = ignores_of(text, comments_of(text)) if marked else []

    def apply(self, findings: Iterable[Finding]) -> tuple[list[Finding], list[Finding]]:
        """Return the findings that no comment ignores, and those that one does."""
        left: list[Finding] = []
        ignored: list[Finding] = []
        for one in findings:
            (ignored if any(_covers(each, one) for each in self._ignores) else left).append(one)
        return left, ignored

    def useless(self, ignored: Collection[Finding], looked_for: Collection[str]) -> list[Finding]:
        """Return a finding for each comment, or name in it, that is of no use.

        Args:
            ignored: The findings that comments of the file ignore.
            looked_for: The rules that were looked for; what others would find is not known.
        """
        found: list[Finding] = []
        for each in self._ignores:
            if not each.rules:
                what = f"It names no rule, so it ignores nothing. {_LISTED}"
                found.append(self._finding(each, what, Confidence.LIKELY))
            for name in each.rules:
                if name not in NAMES:
                    what = f"There is no rule {name}. {_LISTED}"
                    found.append(self._finding(each, what, Confidence.LIKELY))
                elif name in looked_for and not any(
                    one.rule == name and _covers(each, one) for one in ignored
                ):
                    what = f"Nothing is found here by {name}. {_RUN_MAY}"
                    found.append(self._finding(each, what, Confidence.ASK))
        return found

    def _finding(self, one: Ignore, message: str, confidence: Confidence) -> Finding:
        line = one.comment_line
        return Finding(
            rule=USELESS_IGNORE.name,
            where=Location(self._file, "", line, line, -1, -1, line, Origin.USER),
            message=message,
            remedy="Remove it, or write it as # loopscope: ignore[rule] reason.",
            confidence=confidence,
        )


def _covers(ignore: Ignore, finding: Finding) -> bool:
    """Tell whether a comment ignores a finding: it stands on its first line or its last."""
    at_it = ignore.line in (finding.where.line, finding.where.end_line)
    return at_it and finding.rule in ignore.rules
