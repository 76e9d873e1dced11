"""What ``loopscope lint`` found, as data: JSON of our own, and SARIF for code review tools."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

from loopscope.analysis.rules.rule import Rule
from loopscope.model.finding import Confidence, Finding
from loopscope.views.document import finding_document

VERSION: Final = 1
SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def lint_document(
    findings: Sequence[Finding], files: int, ignored: int, notes: Sequence[str]
) -> dict[str, Any]:
    """Return everything as JSON-ready data; ``docs/lint.md`` describes it."""
    return {
        "format": "loopscope-lint",
        "version": VERSION,
        "files": files,
        "ignored": ignored,
        "notes": list(notes),
        "findings": [
            {**finding_document(one), "column": max(one.where.column, 0) + 1} for one in findings
        ],
    }


def sarif_document(
    findings: Sequence[Finding], rules: Sequence[Rule], notes: Sequence[str], version: str
) -> dict[str, Any]:
    """Return a log in the Static Analysis Results Interchange Format, version 2.1.0 (OASIS).

    Args:
        findings: The results.
        rules: All rules, whether or not they found anything.
        notes: Sentences on files that could not be read.
        version: That of loopscope.
    """
    numbers = {rule.name: number for number, rule in enumerate(rules)}
    return {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "loopscope",
                        "semanticVersion": version,
                        "rules": [_rule(rule) for rule in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "toolExecutionNotifications": [
                            {"level": "warning", "message": {"text": note}} for note in notes
                        ],
                    }
                ],
                "results": [_result(one, numbers[one.rule]) for one in findings],
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.why}\n\n{rule.example}"},
        "defaultConfiguration": {"level": "warning"},
    }


def _result(one: Finding, number: int) -> dict[str, Any]:
    region: dict[str, int] = {"startLine": one.where.line, "endLine": one.where.end_line}
    path = PurePath(one.where.file)
    relative = quote(path.as_posix(), errors="surrogateescape")  # names may be any bytes
    uri = path.as_uri() if path.is_absolute() else relative
    return {
        "ruleId": one.rule,
        "ruleIndex": number,
        "level": "note" if one.confidence is Confidence.ASK else "warning",
        "message": {"text": f"{one.message} {one.remedy}"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}],
        "properties": {"confidence": int(one.confidence)},
    }
