"""Findings of a recorded run: what every rule says of it, the worst first."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from loopscope.analysis.ignoring import Ignores
from loopscope.analysis.rules.catalogue import RULES
from loopscope.analysis.rules.gave_up import gave_up
from loopscope.analysis.rules.rule import Rule
from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.analysis.summary import Summary
from loopscope.model.finding import Confidence, Finding
from loopscope.source.project import Project

MOST_PREDICTED = 50
"""Of more findings, only the first ones in the order of the rules are replayed."""


def find(run: RunFacts) -> list[Finding]:
    """Return what is wrong with a run and its source, the most time at stake first.

    Every rule looks at the source for suspects, then at the run with these suspects in view.
    One place has one finding of a rule. What the run refuted is left out, and so is what a
    comment in the source ignores. A rule that fails takes no other with it: a finding at the end
    says that it gave up.
    """
    found: dict[tuple[str, str, int], Finding] = {}
    failed: list[Finding] = []
    for rule in RULES:
        for one in _look_for(rule, run, failed):
            key = one.rule, one.where.file, one.where.line
            if one.confidence and (key not in found or one.confidence > found[key].confidence):
                found[key] = one
    left = _not_ignored(run.project, found.values())
    costed = [_with_cost(run, one) for one in left[:MOST_PREDICTED]] + left[MOST_PREDICTED:]
    # The sort is stable: what weighs the same stays in the order of the rules' worth.
    return [*sorted(costed, key=_weight, reverse=True), *failed]


def findings_of(summary: Summary) -> list[Finding]:
    """Return the findings of a run whose trace carries the source of its own files."""
    words = summary.trace.words
    own = {place.file for place in words.locations if place.is_user}
    project = Project({file: text for file, text in words.sources.items() if file in own})
    return find(RunFacts(summary, project))


def _look_for(rule: Rule, run: RunFacts, failed: list[Finding]) -> list[Finding]:
    """Return what one rule finds; where it fails, nothing, and ``failed`` gets a word about it."""
    try:
        return list(rule.in_run(run, list(rule.in_source(run.project))))
    except Exception as error:  # noqa: BLE001  (it is told, and the other rules go on)
        files = [place.file for place in run.trace.words.locations if place.is_user]
        failed.append(gave_up(rule, error, files[0] if files else ""))
        return []


def _not_ignored(project: Project, findings: Iterable[Finding]) -> list[Finding]:
    """Leave out the findings that comments ignore, in the order of the rules all the same."""
    files = {one.where.file for one in findings}
    ignores = {file: Ignores(file, project.texts.get(file, "")) for file in files}
    left = []
    for file, some in groupby(findings, key=lambda one: one.where.file):
        left += ignores[file].apply(some)[0]
    return left


def _with_cost(run: RunFacts, one: Finding) -> Finding:
    """Fill in what the change would save, unless the rule knows it already."""
    if one.saves_ns is not None or not one.changes:
        return one
    prediction = run.predicted(one.changes)
    if prediction is None:
        return one
    at_most = one.is_at_most or prediction.is_at_most
    return replace(one, saves_ns=max(prediction.saves_ns, 0), is_at_most=at_most)


def _weight(one: Finding) -> tuple[int, Confidence]:
    return one.saves_ns or 0, one.confidence
