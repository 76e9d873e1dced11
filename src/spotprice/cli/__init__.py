"""The command line: one file a verb; arguments and exit codes only."""

import sys

_INTERRUPTED = 130  # what a shell shows for a program that Ctrl-C ended


def main() -> int:
    """Run the command ``spotprice`` on the arguments of this process; return its exit code."""
    try:
        from spotprice.cli.verbs import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # also while modules are still being loaded
        return _INTERRUPTED
