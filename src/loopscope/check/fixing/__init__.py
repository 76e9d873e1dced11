"""Proves that awaits may run together: runs a program as it is and rewritten, and compares."""
