"""Pure functions from a trace to what it means; nothing here reads a clock, a file or a loop."""
