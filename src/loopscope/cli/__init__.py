"""The command line: one file a verb; arguments and exit codes only."""

from loopscope.cli.main import main

__all__ = ["main"]
