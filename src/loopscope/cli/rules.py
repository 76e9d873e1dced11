"""``loopscope rules``: what findings there are."""

import click


@click.command(short_help="List the rules behind findings.")
def command() -> None:
    """List every rule, the mistake that real projects make most often first."""
    from loopscope.analysis.rules.catalogue import RULES
    from loopscope.analysis.rules.useless_ignore import USELESS_IGNORE

    rules = (*RULES, USELESS_IGNORE)
    width = max(len(rule.name) for rule in rules)
    for rule in rules:
        click.echo(f"{rule.name:<{width}}  {rule.title}")
    click.echo()
    click.echo("For more: loopscope explain RULE")
