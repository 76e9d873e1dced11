"""Puts a world under a program: replaces what reads the clock, waits or draws, and restores it."""
