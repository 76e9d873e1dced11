"""Questions about any program, made from a simulated run of it."""
