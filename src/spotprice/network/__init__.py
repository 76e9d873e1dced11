"""Asking an exchange: connections, limits, circuits, hedged requests."""
