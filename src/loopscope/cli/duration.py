"""Durations on the command line: what ``simulate`` and ``check`` share."""

import click

from loopscope.simulator.durations import parse_duration


class Duration(click.ParamType[int]):
    """A duration with its unit; its value is in nanoseconds."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Return nanoseconds."""
        if isinstance(value, int):
            return value
        try:
            return parse_duration(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)
