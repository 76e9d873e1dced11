"""The rules in order of worth: the counts of such mistakes in real projects decided it."""

from loopscope.analysis.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
