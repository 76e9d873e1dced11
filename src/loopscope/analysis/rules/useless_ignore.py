"""``useless-ignore``: a comment that ignores nothing, or no rule that there is."""

from loopscope.analysis.rules.rule import Rule

_EXAMPLE = """\
# Wrong: there is no such rule, so nothing is ignored.
time.sleep(1)  # loopscope: ignore[blocking] before the loop starts

# Right: the name is a rule's, and the reason says why it is meant.
time.sleep(1)  # loopscope: ignore[blocking-call] before the loop starts
"""

USELESS_IGNORE = Rule(
    name="useless-ignore",
    title="A comment ignores nothing",
    why=(
        "A comment that hides a finding which is not there, or whose rule is misspelt, makes "
        "readers believe in a problem that is gone, or in a permission that nobody gave."
    ),
    example=_EXAMPLE,
)
