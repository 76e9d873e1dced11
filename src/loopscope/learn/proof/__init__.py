"""Proves that a lesson teaches what it says."""
