"""``loopscope explain``: what one rule is about."""

import click

from loopscope.errors import UsageError


@click.command(short_help="Explain a rule.")
@click.argument("name", metavar="RULE")
def command(name: str) -> None:
    """Explain a rule: what goes wrong, why, and a wrong program beside its right twin."""
    from loopscope.analysis.rules.catalogue import ALL_RULES

    for rule in ALL_RULES:
        if rule.name == name:
            click.echo(f"{rule.name}: {rule.title}\n\n{rule.why}\n\n{rule.example}", nl=False)
            return
    raise UsageError(f"There is no rule {name}: 'loopscope rules' lists them.", slug="rule-unknown")
