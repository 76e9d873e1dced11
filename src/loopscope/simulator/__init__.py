"""Runs unmodified programs in virtual time: one clock, and one place where anything waits."""
