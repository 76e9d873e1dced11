"""Patterns in which ``*`` stands for any characters, matched in linear time."""


def matches(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern: ``/prices/*``, ``*.example.com``, ``*``."""
    first, *others = pattern.split("*")
    if not others:
        return text == pattern
    *middle, last = others
    if len(text) < len(first) + len(last) or not text.startswith(first):
        return False
    if not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
