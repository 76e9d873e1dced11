"""Teaches what the event loop does: lessons in five levels, and questions about any program."""
