"""The comments of a source file."""

import io
import tokenize
from collections.abc import Mapping


def comments_of(text: str) -> Mapping[int, str]:
    """Return the comments of a text by line, with their ``#``; as far as it can be read."""
    found: dict[int, str] = {}
    if "#" not in text:
        return found
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                found[token.start[0]] = token.string
    except (tokenize.TokenError, SyntaxError, ValueError, SystemError):
        pass  # what was read before stands (SystemError: a NUL, in Python 3.12 and 3.13)
    return found
