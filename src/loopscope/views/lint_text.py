"""What ``loopscope lint`` found, as lines for people, and as commands of GitHub's workflows."""

from collections.abc import Iterator, Sequence

from loopscope.model.finding import Confidence, Finding
from loopscope.model.units import counted
from loopscope.views.printable import printable


def lint_lines(findings: Sequence[Finding], files: int, ignored: int) -> Iterator[str]:
    """Yield ``file:line:column: rule: message`` and the remedy for each, then the sum.

    Args:
        findings: In the order to print.
        files: How many files were looked at.
        ignored: How many findings a comment ignores.
    """
    for one in findings:
        sure = " (a question)" if one.confidence is Confidence.ASK else ""
        yield printable(f"{_place(one)}: {one.rule}{sure}: {one.message}")
        yield printable(f"    {one.remedy}")
    if not files:
        yield "There was no Python file to look at."
        return
    what = "Nothing found" if not findings else counted(len(findings), "finding")
    also = f"; {counted(ignored, 'finding')} ignored by comments" if ignored else ""
    yield f"{what} in {counted(files, 'file')}{also}."


def github_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield each finding as a command that makes GitHub mark the line in a review.

    Source: "Workflow commands for GitHub Actions", https://docs.github.com/actions/reference.
    """
    for one in findings:
        fields = {
            "file": one.where.file,
            "line": str(one.where.line),
            "endLine": str(one.where.end_line),
            "title": f"loopscope: {one.rule}",
        }
        told = ",".join(f"{name}={_property(value)}" for name, value in fields.items())
        yield f"::warning {told}::{_data(f'{one.message} {one.remedy}')}"


def _place(one: Finding) -> str:
    column = one.where.column + 1 if one.where.column >= 0 else 1
    return f"{one.where.file}:{one.where.line}:{column}"


def _data(text: str) -> str:
    text = text.encode("utf-8", "replace").decode()  # a file's name may be no text
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
