"""Trace file <-> model: layout, writer, reader."""
