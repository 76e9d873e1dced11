"""What other tools say of the suite. Only what can mean one of the suite's rules counts."""

from collections.abc import Sequence
from pathlib import Path

from marks import Program
from scoring import Said


def said_by_peers(programs: Sequence[Program], directory: Path) -> dict[str, list[Said]]:
    """Run all peers, installed in a virtual environment in a directory."""
    return {}
