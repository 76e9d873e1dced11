"""``loopscope rules``: what findings there are."""

import click


@click.command(short_help="List the rules behind findings.")
def command() -> None:
    """List every rule, the mistake that real projects make most often first."""
    from loopscope.analysis.rules.catalogue import ALL_RULES

    width = max(len(rule.name) for rule in ALL_RULES)
    for rule in ALL_RULES:
        click.echo(f"{rule.name:<{width}}  {rule.title}")
    click.echo()
    click.echo("For more: loopscope explain RULE")
