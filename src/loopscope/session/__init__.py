"""Joins a source of traces (recorder, simulator) and the trace into one run."""
