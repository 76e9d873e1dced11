"""Writes what a verb found as one JSON document."""

import json
import sys
from typing import Any, TextIO


def print_document(document: Any, file: TextIO | None = None) -> None:  # noqa: ANN401  (as json has it)
    """Print a JSON document, to stdout unless another stream is given."""
    stream = file or sys.stdout
    json.dump(document, stream, indent=1)
    print(file=stream)
