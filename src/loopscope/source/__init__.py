"""Reads the source of the user's program: what it defines, calls, awaits and claims."""
