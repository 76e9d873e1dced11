"""Reviewing somebody's code: a comment is a line, a claim, and rows of the run that show it."""
