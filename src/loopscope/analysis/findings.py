"""Findings of a recorded run: what every rule says of it, the worst first."""

from loopscope.analysis.rules.catalogue import RULES
from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.analysis.summary import Summary
from loopscope.model.finding import Confidence, Finding
from loopscope.source.project import Project


def find(run: RunFacts) -> list[Finding]:
    """Return what is wrong with a run and its source, the most time at stake first.

    Every rule looks at the source for suspects, then at the run with these suspects in view.
    One place has one finding of a rule. What the run refuted is left out.
    """
    found: dict[tuple[str, str, int], Finding] = {}
    for rule in RULES:
        for one in rule.in_run(run, list(rule.in_source(run.project))):
            key = one.rule, one.where.file, one.where.line
            if one.confidence is not Confidence.NO and (
                key not in found or _weight(one) > _weight(found[key])
            ):
                found[key] = one
    # The sort is stable: what weighs the same stays in the order of the rules' worth.
    return sorted(found.values(), key=_weight, reverse=True)


def findings_of(summary: Summary) -> list[Finding]:
    """Return the findings of a run whose trace carries the source of its own files."""
    words = summary.trace.words
    own = {place.file for place in words.locations if place.is_user}
    project = Project({file: text for file, text in words.sources.items() if file in own})
    return find(RunFacts(summary, project))


def _weight(one: Finding) -> tuple[int, int]:
    return max(one.saves_ns or 0, 0), one.confidence
